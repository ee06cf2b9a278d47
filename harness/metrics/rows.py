"""The sufficient statistics that sacreBLEU counts for each segment, equal to its own and counted faster.

Texts are prepared by sacreBLEU (tokenizers, case, options of the `scorer`, an object of `sacrebleu.metrics`);
what they hold is counted here. `counting` holds a sample of each call against sacreBLEU.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from harness.metrics.edits import count_edits
from harness.metrics.ngrams import shared, totals
from harness.metrics.tokens import Words, tokens
from harness.protocols import Statistics

References = Sequence[Sequence[str]]


def bleu(scorer: Any, hypotheses: Sequence[str], references: References) -> Statistics:
    """`(n, 2 + 2 order)`: tokens of the hypothesis, of the reference nearest in length, matches, totals."""
    order = scorer.max_ngram_order
    numbered = tokens(scorer.tokenizer)

    def prepared(texts: Iterable[str]) -> list[str]:
        return [(text.lower() if scorer.lowercase else text).rstrip() for text in texts]

    ours = numbered(prepared(hypotheses))
    flat = iter(numbered(prepared(text for found in references for text in found)))
    theirs = [list(islice(flat, len(found))) for found in references]
    lengths = [len(words) for words in ours]
    nearest = [_nearest(n, map(len, found)) for n, found in zip(lengths, theirs, strict=True)]
    sides = np.array([lengths, nearest], dtype=np.float64).T
    return np.concatenate([sides, shared(ours, theirs, order), totals(lengths, order)], axis=1)


def _nearest(length: int, others: Iterable[int]) -> int:
    """Of equally near lengths the shorter."""
    return min(others, key=lambda other: (abs(length - other), other))


def chrf(scorer: Any, hypotheses: Sequence[str], references: References) -> Statistics:
    """`(n, 3 order)`: n-grams of the hypothesis, the best reference and both; of characters, then words."""
    whose = [i for i, found in enumerate(references) for _ in found]
    cased = scorer._preprocess_segment
    ours = [cased(text) for text in hypotheses]
    theirs = [cased(text) for found in references for text in found]
    characters = _strings if scorer.whitespace else _without_spaces
    parts = [_triples(characters(ours), characters(theirs), whose, scorer.char_order)]
    if scorer.word_order:
        words = Words(scorer._remove_punctuation)
        parts.append(_triples(words(ours), words(theirs), whose, scorer.word_order))
    rows = np.concatenate(parts, axis=1)
    return rows if len(whose) == len(hypotheses) else rows[_best(scorer, rows.astype(int).tolist(), whose)]


def ter(scorer: Any, hypotheses: Sequence[str], references: References) -> Statistics:
    """`(n, 2)`: fewest edits to a reference, mean words of the references."""
    rows = np.empty((len(hypotheses), 2))
    for i, (text, found) in enumerate(zip(hypotheses, references, strict=True)):
        prepared = scorer._preprocess_segment
        # sacreBLEU prepares references twice: normalized then splits the 's off "Martin's,".
        ours, theirs = prepared(text), [prepared(prepared(one)) for one in found]
        rows[i] = (
            min(_edits(ours, one) for one in theirs),
            sum(len(one.split()) for one in theirs) / len(theirs),
        )
    return rows


FAMILIES = {"BLEU": bleu, "CHRF": chrf, "TER": ter}


@lru_cache(maxsize=1 << 14)
def _edits(ours: str, theirs: str) -> int:
    """Systems often agree on short segments: each pair is counted once."""
    return count_edits(ours.split(), theirs.split())


def _strings(texts: Sequence[str]) -> Sequence[str]:
    return texts


def _without_spaces(texts: Sequence[str]) -> list[str]:
    return ["".join(text.split()) for text in texts]


def _triples(ours: Sequence[Any], theirs: Sequence[Any], whose: Sequence[int], order: int) -> Statistics:
    """`(r, 3 order)` triples of each order for each of r references: of the hypothesis, its own, shared."""
    mine = [ours[i] for i in whose]
    reference = totals([len(text) for text in theirs], order)
    # As sacreBLEU has it: an order that the reference lacks does not count in the hypothesis.
    hypothesis = totals([len(text) for text in mine], order) * (reference > 0)
    found = shared(mine, [[text] for text in theirs], order)
    return np.stack([hypothesis, reference, found], axis=2).reshape(len(whose), 3 * order).astype(np.float64)


def _best(scorer: Any, rows: Sequence[Sequence[int]], whose: Sequence[int]) -> list[int]:
    """For each segment the first of its rows with the highest score."""
    best: dict[int, tuple[float, int]] = {}
    for at, (row, segment) in enumerate(zip(rows, whose, strict=True)):
        score = scorer._compute_f_score(row)
        if segment not in best or score > best[segment][0]:
            best[segment] = score, at
    return [best[segment][1] for segment in sorted(best)]
