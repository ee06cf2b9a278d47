"""What is counted fast equals what sacreBLEU counts, for every segment, to the last bit."""

from __future__ import annotations

import random

import numpy as np
import pytest
import sacrebleu.metrics
from sacrebleu.metrics.lib_ter import translation_edit_rate

from harness import registry
from harness.common.notices import collecting
from harness.metrics import counting, ngrams
from harness.metrics.edit_matrix import beams
from harness.metrics.edits import count_edits
from harness.metrics.rows import FAMILIES
from harness.metrics.tokens import tokens
from tests.support.made_texts import pieces, streams
from tests.support.nasty_texts import LINES, pairs

OPTIONS = [
    *[("BLEU", {"tokenize": name}) for name in ("13a", "intl", "zh", "char", "none")],
    ("BLEU", {"tokenize": "13a", "lowercase": True, "max_ngram_order": 2}),
    ("BLEU", {"tokenize": "char", "max_ngram_order": 9}),
    ("CHRF", {}),
    ("CHRF", {"word_order": 2}),
    ("CHRF", {"word_order": 1, "lowercase": True, "whitespace": True, "beta": 1, "eps_smoothing": True}),
    ("CHRF", {"char_order": 14}),
    ("TER", {}),
    ("TER", {"normalized": True, "asian_support": True}),
    ("TER", {"normalized": True, "no_punct": True, "asian_support": True}),
    ("TER", {"no_punct": True, "case_sensitive": True}),
]


def _same(family: str, options: dict, hypotheses: list[str], references: list[list[str]]) -> None:
    theirs = getattr(sacrebleu.metrics, family)(**options)._extract_corpus_statistics(
        hypotheses, streams(references)
    )
    made = getattr(sacrebleu.metrics, family)(**options)
    ours = FAMILIES[family](made, hypotheses, references)
    wrong = [k for k, row in enumerate(theirs) if ours[k].tolist() != row]
    assert not wrong, (hypotheses[wrong[0]], references[wrong[0]], ours[wrong[0]], theirs[wrong[0]])


@pytest.mark.parametrize(("family", "options"), OPTIONS, ids=str)
def test_statistics_of_nasty_lines_are_sacrebleus(family: str, options: dict) -> None:
    hypotheses, references = pairs(400)
    _same(family, options, hypotheses, references)
    _same(family, options, hypotheses[:100], [found[:1] for found in references[:100]])
    _same(family, options, [found[0] for found in references[:100]], references[:100])


def test_statistics_over_pieces_are_sacrebleus(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines with a lone surrogate or a newline cannot be files, and SentencePiece refuses the first."""
    monkeypatch.setattr("sacrebleu.tokenizers.tokenizer_spm.SACREBLEU_DIR", str(tmp_path))
    fit = [line for line in LINES if "\ud800" not in line and line.strip()]
    pieces(tmp_path / "models", fit, size=400)
    fit += ["ꙮ is not in the model", "nor is ꙮꙮ ꙮ , ꙮ", "ꚙ ꙮ", "ꚙ ꚙ"]
    references = [[line, line + " ꙮ more"] for line in fit]
    _same("BLEU", {"tokenize": "flores200"}, fit[::-1], references)


@pytest.mark.parametrize("name", ["13a", "intl", "zh"])
def test_words_split_alone_are_the_tokens_of_the_line(name: str) -> None:
    draw = random.Random(5)
    alphabet = [
        *"ab09.,,--'()&;<>!?%$# \t\n  \u00a0\u3000\u2028\x85é中文、。٣٫«½\u2001あ",
        "<skipped>",
        "&lt;",
        "-\n",
    ]
    tokenizer = sacrebleu.metrics.BLEU(tokenize=name).tokenizer
    lines = ["".join(draw.choices(alphabet, k=draw.randint(0, 9))).rstrip() for _ in range(4000)]
    numbered = tokens(tokenizer)
    found = numbered(lines)
    known = {number: token for token, number in numbered.numbers.items()}
    for line, numbers in zip(lines, found, strict=True):
        whole = type(tokenizer).__call__.__wrapped__(tokenizer, line).split()
        assert [known[number] for number in numbers] == whole, line


@pytest.mark.parametrize("lengths", [(3, 3), (26, 40), (40, 26), (2, 120), (120, 2), (1, 60), (55, 53)])
@pytest.mark.parametrize("vocabulary", [2, 12, 200])
def test_edits_are_tercoms_with_and_without_a_beam(lengths: tuple[int, int], vocabulary: int) -> None:
    draw = random.Random(11)
    for _ in range(2):
        ours, theirs = ([str(draw.randrange(vocabulary)) for _ in range(n)] for n in lengths)
        assert count_edits(ours, theirs) == translation_edit_rate(ours, theirs)[0]
    moved = theirs[len(theirs) // 2 :] + theirs[: len(theirs) // 2]
    assert count_edits(moved, theirs) == translation_edit_rate(moved, theirs)[0]


def test_edits_are_not_read_from_outside_the_beam() -> None:
    ours, theirs = (
        list("eobjfijbnmbnlgodbcee"),
        list(
            "ojncjanknjiejajhkmnahilloahcmmlanaggjjdoackdkelfmkecaknbbdcimgoonmglnf"
            "mhkkkjjjfaceondbnhbjeibdbenlnalbhlaenkicfdiohbnlgodbknddlohd"
        ),
    )
    assert count_edits(ours, theirs) == translation_edit_rate(ours, theirs)[0] == 117


def test_long_sentences_have_a_beam() -> None:
    assert beams(20, 20) is None
    rows = beams(70, 75)
    assert rows is not None and (rows[40].low, rows[40].high) == (17, 67)


def test_a_segment_with_too_many_characters_to_pack_is_counted() -> None:
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
    assert ngrams.shared([many, "ab"], [[many], ["abc", "ab"]], 6).tolist() == [
        [3000, 2999, 2998, 2997, 2996, 2995],
        [2, 1, 0, 0, 0, 0],
    ]


def test_equal_segments_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    real = FAMILIES["TER"]

    def noting(made, hypotheses, references):
        counted.append(len(hypotheses))
        return real(made, hypotheses, references)

    monkeypatch.setitem(FAMILIES, "TER", noting)
    metric = registry.build("metric", {"kind": "ter"})
    rows = metric.statistics(["s"] * 5, ["a b", "b", "a b", "b", "a b"], [["a"], ["b"], ["a"], ["a"], ["a"]])
    assert counted[0] == 3
    assert rows.tolist() == [[1, 1], [0, 1], [1, 1], [1, 1], [1, 1]]


@pytest.mark.parametrize("kind", ["bleu", "chrf", "ter"])
def test_another_way_of_counting_in_sacrebleu_is_noticed_and_followed(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hypotheses, references = pairs(60)
    family = {"bleu": "BLEU", "chrf": "CHRF", "ter": "TER"}[kind]
    original = getattr(sacrebleu.metrics, family)._compute_segment_statistics
    monkeypatch.setattr(
        getattr(sacrebleu.metrics, family),
        "_compute_segment_statistics",
        lambda self, text, reference: [value + 1 for value in original(self, text, reference)],
    )
    with collecting() as notices:
        rows = registry.build("metric", {"kind": kind}).statistics(["s"] * 60, hypotheses, references)
    assert [("sacreBLEU itself counted all segments" in line) for line in notices] == [True]
    made = counting.scorer(family, {"force": True} if kind == "bleu" else {})
    assert np.array_equal(rows, counting.by_sacrebleu(made, hypotheses, references))
