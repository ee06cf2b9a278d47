"""BLEU, spBLEU, chrF, chrF++ and TER: sacreBLEU's statistics, aggregated here for many samples at once.

sacreBLEU (Post 2018, aclanthology.org/W18-6319) tokenizes and prints the signature; `rows` counts its
sufficient statistics. The formulas that turn summed statistics into a score are repeated here over arrays, so
that thousands of resamples cost one matrix operation and reading stored statistics needs no tokenizer.
Each repeats sacreBLEU's operations in its order and dtype: scores agree to 1e-9, p-values exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from harness.common.limits import AtLeast, Count, Natural
from harness.common.notices import tell
from harness.common.progress import bar
from harness.errors import UnavailableError, first_line
from harness.metrics import counting as parallel
from harness.metrics.base import check
from harness.metrics.spaces import unspaced
from harness.metrics.tokenizer_models import DOWNLOADED, downloads
from harness.protocols import Context, Metric, Statistics

Tokenizer = Literal[
    "13a", "intl", "char", "zh", "ja-mecab", "ko-mecab", "spm", "flores101", "flores200", "none"
]  # fmt: skip
_SMOOTHING = {"none": None, "floor": 0.1, "add-k": 1.0, "exp": None}


class Lexical(Metric):
    """One metric of sacreBLEU. `workers`: processes for the counting, null for every core."""

    decimals = 1
    family: ClassVar[str]  # the class in sacrebleu.metrics
    costly: ClassVar[int] = 60000  # segments from which a second process pays for its start

    def __init__(
        self, name: str, options: dict[str, Any], higher_is_better: bool, workers: int | None
    ) -> None:
        self.name = name
        self.higher_is_better = higher_is_better
        self._options = options
        self._workers = workers
        self._references: int | None = None
        self._made: Any = None

    @property
    def signature(self) -> str:
        """sacreBLEU's signature; `nrefs` is known once `statistics` has run (`var` when it varies)."""
        scorer = self._scorer()
        scorer.num_refs = "?" if self._references is None else self._references
        return str(scorer.get_signature())

    def prepare(self) -> None:
        """Raise UnavailableError now for a tokenizer that cannot be had, not after an hour of translation."""
        self._scorer()

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        """`(n, k)` sufficient statistics, sacreBLEU's own, against all references of a segment.

        sacreBLEU counts a few segments too; should it differ, it counts all of them, and a notice says so.

        Raises DataError for columns of different length or a segment without reference,
        UnavailableError where a tokenizer model cannot be downloaded.
        """
        check(self.name, sources, hypotheses, references)
        counts = {len(found) for found in references}
        self._references = counts.pop() if len(counts) == 1 else -1
        made = self._scorer()
        self._warn(references)
        if not hypotheses:
            return np.zeros((0, self.width))
        with bar(self.name, None):  # how far it is nobody knows
            given = self.family, self._options, made, hypotheses, references
            rows, warnings = parallel.count(*given, workers=self._workers, costly=self.costly)
        with parallel.heard() as more:
            differing = parallel.differing(self.family, made, hypotheses, references)
            if differing is not None:
                rows = np.array(parallel.by_sacrebleu(made, hypotheses, references), dtype=np.float64)
        if differing is not None:
            tell(
                f"{self.name}: this release of sacreBLEU counts otherwise than mt-harness (segment"
                f" {differing}, counted from 0): sacreBLEU itself counted all segments, which takes longer"
            )
        for line in dict.fromkeys((*warnings, *more)):
            tell(f"{self.name}: sacreBLEU warns: {line}")
        return rows

    @property
    def width(self) -> int:
        """k, the number of statistics of a segment."""
        raise NotImplementedError

    def _scorer(self) -> Any:
        """sacreBLEU's metric, made once: some tokenizers read a model."""
        if self._made is None:
            with parallel.heard() as warnings:
                self._made = parallel.scorer(self.family, self._options)
            for line in warnings:
                tell(f"{self.name}: sacreBLEU warns: {line}")
        return self._made

    def _warn(self, references: Sequence[Sequence[str]]) -> None:
        """Give a notice where the options do not suit the script of the references."""


class Bleu(Lexical):
    """BLEU (Papineni et al. 2002, aclanthology.org/P02-1040), 0 to 100, with any sacreBLEU tokenizer.

    Statistics: length of the hypothesis, of the closest reference, matches and totals of each order.
    """

    family = "BLEU"

    def __init__(
        self,
        tokenize: Tokenizer = "13a",
        lowercase: bool = False,
        smooth_method: Literal["exp", "floor", "add-k", "none"] = "exp",
        smooth_value: Annotated[float, AtLeast(0)] | None = None,
        max_ngram_order: Count = 4,
        effective_order: bool = False,
        workers: Count | None = None,
    ) -> None:
        self.smoothing = smooth_method
        default = _SMOOTHING[smooth_method]
        self.smooth_value = float(smooth_value if smooth_value is not None else default or 0.0)
        self.order = max_ngram_order
        self.effective_order = effective_order
        options = {
            "tokenize": tokenize,
            "lowercase": lowercase,
            "smooth_method": smooth_method,
            "smooth_value": smooth_value,
            "max_ngram_order": max_ngram_order,
            "effective_order": effective_order,
            "force": True,  # no count of tokenized periods: the run counts them over all shards
        }
        super().__init__("spBLEU" if tokenize.startswith("flores") else "BLEU", options, True, workers)

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return downloads(options)

    @property
    def width(self) -> int:
        return 2 + 2 * self.order

    def _scorer(self) -> Any:
        tokenizer = self._options["tokenize"]
        try:
            return super()._scorer()
        except (OSError, RuntimeError, ImportError) as error:
            if tokenizer in DOWNLOADED:
                raise UnavailableError(
                    f"{self.name}: the SentencePiece model of tokenize={tokenizer} is downloaded once by"
                    f" sacreBLEU, and the download failed ({first_line(error)}). Connect to the internet, or"
                    " copy the folder ~/.sacrebleu/models from a machine that has it"
                ) from error
            raise UnavailableError(
                f"{self.name}: tokenize={tokenizer} cannot be loaded ({first_line(error)})."
                f" Install it with: pip install 'sacrebleu[{tokenizer[:2]}]'"
            ) from error

    def _warn(self, references: Sequence[Sequence[str]]) -> None:
        tokenizer, found = self._options["tokenize"], unspaced(references)
        if found and tokenizer not in (*DOWNLOADED, "char", *(("zh", "ja-mecab") if found == "cjk" else ())):
            own = "zh or ja-mecab, " if found == "cjk" else ""
            tell(
                f"{self.name}: tokenize={tokenizer} splits at spaces, and the references have none between"
                f" words (even a perfect output may score 0): use {own}tokenize=char or flores200 (spBLEU)"
            )

    def aggregate(self, sums: Statistics) -> Statistics:
        """`(m,)` corpus BLEU from `(m, k)` sums; 0 where nothing matches, as sacreBLEU has it."""
        return self._bleu(sums, self.effective_order)

    def segment_scores(self, statistics: Statistics) -> Statistics:
        """`(n,)` sentence BLEU with effective order, as `sacrebleu.sentence_bleu` has it."""
        return self._bleu(statistics, effective_order=True)

    def _bleu(self, sums: Statistics, effective_order: bool) -> Statistics:
        # sacrebleu.metrics.bleu.BLEU.compute_bleu, over rows.
        hyp, ref = sums[:, 0].astype(np.float64), sums[:, 1].astype(np.float64)
        matched = sums[:, 2 : 2 + self.order].any(axis=1)
        alive = np.ones(len(sums), dtype=bool)  # an order without n-grams ends the loop over orders
        halving = np.ones(len(sums))
        used = np.full(len(sums), 0 if effective_order else self.order)
        logs = np.zeros(len(sums))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for n in range(self.order):
                correct, total = sums[:, 2 + n], sums[:, 2 + self.order + n]
                if self.smoothing == "add-k" and n > 0:
                    correct, total = correct + self.smooth_value, total + self.smooth_value
                alive = alive & (total != 0)
                if effective_order:
                    used = np.where(alive, n + 1, used)
                missed = alive & (correct == 0)
                precision = 100.0 * correct / total
                if self.smoothing == "exp":
                    halving = np.where(missed, halving * 2, halving)
                    smooth = 100.0 / (halving.astype(sums.dtype) * total)
                elif self.smoothing == "floor":
                    smooth = 100.0 * self.smooth_value / total
                else:
                    smooth = np.zeros_like(total)
                precision = np.where(alive, np.where(missed, smooth, precision), 0.0).astype(np.float64)
                logs = logs + np.where((n < used) | alive, _floored_log(precision), 0.0)
            brevity = np.where(hyp < ref, np.where(hyp > 0, np.exp(1 - ref / hyp), 0.0), 1.0)
            score = brevity * np.exp(logs / used)
        result: Statistics = np.where(matched, score, 0.0)
        return result


class Chrf(Lexical):
    """chrF (Popović 2015, aclanthology.org/W15-3049), 0 to 100; `word_order=2` is chrF++ (W17-4770).

    Statistics: for each order, n-grams of the hypothesis, of the best reference, and matches.
    """

    family = "CHRF"

    def __init__(
        self,
        char_order: Count = 6,
        word_order: Natural = 0,
        beta: Natural = 2,
        lowercase: bool = False,
        whitespace: bool = False,
        eps_smoothing: bool = False,
        workers: Count | None = None,
    ) -> None:
        self.order = char_order + word_order
        self.beta = beta
        self.eps_smoothing = eps_smoothing
        options = {
            "char_order": char_order,
            "word_order": word_order,
            "beta": beta,
            "lowercase": lowercase,
            "whitespace": whitespace,
            "eps_smoothing": eps_smoothing,
        }
        super().__init__(f"chrF{beta}{'+' * word_order}", options, True, workers)

    @property
    def width(self) -> int:
        return 3 * self.order

    def aggregate(self, sums: Statistics) -> Statistics:
        """`(m,)` chrF from `(m, k)` sums (sacrebleu.metrics.chrf.CHRF._compute_f_score, over rows)."""
        factor, eps = self.beta**2, 1e-16
        zero = np.zeros(len(sums), dtype=sums.dtype)
        precision, recall, smoothed = zero, zero, zero
        orders = np.zeros(len(sums), dtype=sums.dtype)
        with np.errstate(divide="ignore", invalid="ignore"):
            for n in range(self.order):
                hyp, ref, match = sums[:, 3 * n], sums[:, 3 * n + 1], sums[:, 3 * n + 2]
                prec = np.where(hyp > 0, match / hyp, sums.dtype.type(eps))
                rec = np.where(ref > 0, match / ref, sums.dtype.type(eps))
                below = factor * prec + rec
                smoothed = smoothed + np.where(below > 0, (1 + factor) * prec * rec / below, eps)
                both = (hyp > 0) & (ref > 0)
                precision = precision + np.where(both, prec, 0)
                recall = recall + np.where(both, rec, 0)
                orders = orders + both
            if self.eps_smoothing:
                return np.asarray(100 * smoothed / self.order)
            precision = np.where(orders > 0, precision / orders, zero)
            recall = np.where(orders > 0, recall / orders, zero)
            score = (1 + factor) * precision * recall / ((factor * precision) + recall)
        result: Statistics = np.where(precision + recall > 0, 100 * score, zero)
        return result

    def segment_scores(self, statistics: Statistics) -> Statistics:
        """`(n,)` sentence chrF, as `sacrebleu.sentence_chrf` has it."""
        return self.aggregate(statistics)


class Ter(Lexical):
    """TER (Snover et al. 2006, aclanthology.org/2006.amta-papers.25), edits per 100 reference words.

    Lower is better; above 100 is possible. Statistics: fewest edits, mean reference length.
    """

    family = "TER"
    costly = 6000

    def __init__(
        self,
        normalized: bool = False,
        no_punct: bool = False,
        asian_support: bool = False,
        case_sensitive: bool = False,
        workers: Count | None = None,
    ) -> None:
        options = {
            "normalized": normalized,
            "no_punct": no_punct,
            "asian_support": asian_support,
            "case_sensitive": case_sensitive,
        }
        super().__init__("TER", options, False, workers)

    @property
    def width(self) -> int:
        return 2

    def _warn(self, references: Sequence[Sequence[str]]) -> None:
        found = unspaced(references)
        if found == "cjk" and not (self._options["normalized"] and self._options["asian_support"]):
            tell(
                f"{self.name}: the references have no spaces between words, so that a whole clause counts as"
                " one: pair.ter_characters=true splits Chinese and Japanese into characters (it sets both"
                " metrics.ter.normalized and metrics.ter.asian_support, which has no effect alone)"
            )
        elif found == "other":
            tell(
                f"{self.name}: the references have no spaces between words, so that a whole clause counts as"
                " one, and TER cannot split this script: use chrF, which needs no words"
            )

    def aggregate(self, sums: Statistics) -> Statistics:
        """`(m,)` TER; an empty reference costs 100 when the hypothesis has words, else 0."""
        edits, length = sums[:, 0], sums[:, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(length > 0, edits / length, (edits > 0).astype(sums.dtype))
        result: Statistics = 100 * ratio
        return result

    def segment_scores(self, statistics: Statistics) -> Statistics:
        """`(n,)` sentence TER."""
        return self.aggregate(statistics)


def _floored_log(values: Statistics) -> Statistics:
    """sacreBLEU's `my_log`: the logarithm of 0 is a very low number."""
    logs: Statistics = np.where(values == 0.0, -9999999999.0, np.log(values))
    return logs
