"""Re-segmenting outputs of whole documents: pieces are the output, and lie where the references say."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.protocols import Aligner, Realigner
from harness.realign import wer
from harness.realign.auto import Auto, shared
from harness.realign.band import anchors, windows
from harness.realign.embed import Embed
from harness.realign.wer import Wer
from harness.text.split import Sentencex
from harness.types import Bead
from tests.support.word_encoder import Words

REFERENCES = [
    "Das Schiff verließ am Montag den Hafen von Rostock.",
    "Niemand an Bord wusste, wohin die Reise ging.",
    "Der Kapitän schwieg und blickte auf das Meer.",
    "Nach drei Tagen sahen sie eine Insel mit hohen Bergen.",
    "Dort blieben sie bis zum Frühling.",
]
OUTPUTS = [
    "Am Montag hat das Schiff den Rostocker Hafen verlassen.",
    "Keiner an Bord wusste, wohin die Reise gehen sollte.",
    "Der Kapitän sagte nichts. Er blickte auf das Meer.",
    "Drei Tage später sahen sie eine Insel mit hohen Bergen.",
    "Sie blieben dort bis zum Frühling.",
]


def cut(output: str, references: list[Any], realigner: Realigner | None = None) -> list[str]:
    texts = [[text] if isinstance(text, str) else text for text in references]
    found = (realigner or Wer()).realign(output, ["?"] * len(texts), texts).pieces
    return [output[piece.start : piece.end].strip() for piece in found]


class Beads(Aligner):
    """An aligner that gives these beads, for any texts."""

    def __init__(self, *beads: Bead) -> None:
        self.beads = list(beads)

    def align(self, src: object, tgt: object) -> list[Bead]:
        return self.beads


def embed(*beads: Bead) -> Embed:
    return Embed(Beads(*beads), Sentencex(), "de")  # type: ignore[arg-type]


@pytest.mark.parametrize("joint", [" ", "\n", "\n\n"])
def test_other_words_and_more_sentences_are_cut_where_the_references_are(joint: str) -> None:
    assert cut(joint.join(OUTPUTS), REFERENCES) == OUTPUTS


def test_lines_wrapped_at_a_width_are_no_boundaries() -> None:
    wrapped = textwrap.fill(" ".join(OUTPUTS), 30)
    assert [" ".join(piece.split()) for piece in cut(wrapped, REFERENCES)] == OUTPUTS


def test_lines_of_text_without_punctuation_are_evidence() -> None:
    references = ["Das Boot fuhr weg", "am Abend gestern", "weit hinaus"]
    outputs = ["Das Boot ist fort", "am Abend gestern noch", "ganz weit draußen"]
    assert cut("\n".join(outputs), references) == outputs
    assert cut(" ".join(outputs), references) != outputs


@pytest.mark.parametrize("gone", range(5))
def test_a_segment_without_output_is_empty(gone: int) -> None:
    kept = [text if k != gone else "" for k, text in enumerate(OUTPUTS)]
    assert cut(" ".join(filter(None, kept)), REFERENCES) == kept


@pytest.mark.parametrize("twice", range(5))
def test_a_sentence_that_stands_twice_stays_with_its_segment(twice: int) -> None:
    doubled = [f"{text} {text}" if k == twice else text for k, text in enumerate(OUTPUTS)]
    assert cut(" ".join(doubled), REFERENCES) == doubled


def test_two_sentences_made_one_are_cut_at_the_clause() -> None:
    merged = [*OUTPUTS]
    merged[0], merged[1] = merged[0][:-1] + ",", "und k" + merged[1][1:]
    assert cut(" ".join(merged), REFERENCES) == merged


def test_output_that_belongs_nowhere_is_kept_and_marked() -> None:
    extra = "Ich hoffe, diese Übersetzung hilft Ihnen weiter, fragen Sie gern nach anderen Fassungen davon!"
    output = " ".join([*OUTPUTS[:3], extra, *OUTPUTS[3:]])
    pieces = Wer().realign(output, ["?"] * 5, [[r] for r in REFERENCES]).pieces
    assert [output[a:b] for piece in pieces for a, b in piece.nowhere] == [extra]
    assert "".join(output[piece.start : piece.end] for piece in pieces) == output
    assert [output[p.start : p.end].replace(extra, "").strip() for p in pieces] == OUTPUTS


def test_each_segment_goes_by_the_reference_nearest_to_the_output() -> None:
    far = ["Xyz."] * 5
    mixed = [[f, r] if k % 2 else [r, f] for k, (r, f) in enumerate(zip(REFERENCES, far, strict=True))]
    assert cut(" ".join(OUTPUTS), mixed) == OUTPUTS


def test_scripts_without_spaces_are_cut_between_characters() -> None:
    references = ["船周一离开了罗斯托克港。", "船上没有人知道要去哪里。", "船长沉默地望着大海。"]
    outputs = ["星期一，船离开罗斯托克港口。", "船上谁也不知道去哪里。", "船长没有说话，看着大海。"]
    assert cut("".join(outputs), references) == outputs


def test_an_opening_quotation_mark_goes_with_what_it_opens_where_there_are_no_spaces() -> None:
    references = ["他不知道该说什么。", "“倒计时的尽头是什么？”", "“不知道。”", "她挂了电话。"]
    output = ["他不晓得要说什么。", "“倒数的尽头是什么？”", "“我不知道。”", "她把电话挂断了。"]
    assert cut("".join(output), references) == output


@pytest.mark.parametrize("joint", [" ", "\n"])
def test_thai_is_cut_where_it_has_spaces(joint: str) -> None:
    references = ["เรือออกจากท่าเรือรอสตอคในวันจันทร์", "ไม่มีใครบนเรือรู้ว่าจะไปที่ไหน", "กัปตันเงียบและมองดูทะเล"]
    outputs = ["วันจันทร์เรือออกจากท่าเรือรอสตอค", "บนเรือไม่มีใครรู้ว่าจะไปไหน", "กัปตันไม่พูดอะไร และมองทะเล"]
    assert cut(joint.join(outputs), references) == outputs


@pytest.mark.parametrize(("mark", "gap"), [("**", "\n\n"), ("_", "\n"), ("*", " "), ("`", "\n")])
def test_marks_of_emphasis_stay_with_what_they_enclose(mark: str, gap: str) -> None:
    chinese = ["他不知道该说什么。", "倒计时的尽头是什么？", "她挂了电话。"]
    for references, outputs in (
        (chinese, ["他不晓得要说什么。", "倒数的尽头是什么？", "她把电话挂断了。"]),
        (REFERENCES, OUTPUTS),
    ):
        marked = [f"{mark}{output}{mark}" for output in outputs]
        assert cut(gap.join(marked), references) == marked


def test_a_boundary_is_less_sure_where_the_references_do_not_tell() -> None:
    output = "Danke. Danke. Danke. " + OUTPUTS[0]
    pieces = Wer().realign(output, ["?"] * 3, [["Danke."], ["Danke."], [REFERENCES[0]]]).pieces
    sure = Wer().realign(" ".join(OUTPUTS), ["?"] * 5, [[r] for r in REFERENCES]).pieces
    assert min(p.confidence or 0 for p in sure) > 0.7 > (pieces[0].confidence or 0)


ODD = "\x00\r\x0b\x0c\x1c\x85\u2028\u2029\u200b\u200d\ufeff\u202e\u0301\u0e48\ud83d\udfff\U0001f469\u3000ﬁİß"
WORDS_AND_MARKS = [
    "Haus",
    "haus",
    "ab",
    "Das Haus ist alt.",
    "船到了。",
    "เรือมา",
    " ",
    "\r\n",
    "\n\n",
    "! ",
    "“",
    "– ",
]
TEXTS = st.one_of(
    st.text(st.sampled_from('ab .,!?\n"“–船。é\u0301\uff21\u200b' + ODD), max_size=60),
    st.lists(st.sampled_from([*WORDS_AND_MARKS, *ODD]), max_size=30).map("".join),
    st.text(st.characters(), max_size=30),  # surrogates, controls, private use and all
    st.text(st.sampled_from(" \t\n\r\x0b\x85\u2028\u3000\u200b\ufeff"), max_size=12),  # white space only
)


@given(TEXTS, st.lists(st.lists(TEXTS, max_size=2), min_size=1, max_size=6))
@example("", [[]])
@example(" \n", [["a"], ["b"]])
@example("x", [[""], [""], ["x"]])
@example("\ud83d\r\x00\u2028\u0301", [["\udfff"], ["\x00"], []])
@example("Das Haus ist alt.\r\nDas Haus ist alt.\u2028Das Haus ist alt.", [["Das Haus ist alt."], ["\u0301"]])
def test_joined_pieces_are_the_output(output: str, references: list[list[str]]) -> None:
    aligner = registry_aligner()
    for realigner in (Wer(), Embed(aligner, Sentencex(), "de"), Auto(aligner, Sentencex(), "de")):
        pieces = realigner.realign(output, [""] * len(references), references).pieces
        assert len(pieces) == len(references)
        assert pieces[0].start == 0 and pieces[-1].end == len(output)
        assert all(one.end == other.start for one, other in pairwise(pieces))
        assert "".join(output[piece.start : piece.end] for piece in pieces) == output
        assert all(p.start <= a < b <= p.end for p in pieces for a, b in p.nowhere)
        assert all(one[1] <= other[0] for p in pieces for one, other in pairwise(p.nowhere))
        assert all(p.confidence is None or 0 <= p.confidence <= 1 + 1e-9 for p in pieces)


def registry_aligner() -> Aligner:
    from harness.align.api import build

    return build("auto", Words())


def test_a_long_output_is_cut_within_a_band_as_without(monkeypatch: pytest.MonkeyPatch) -> None:
    references = [f"{text} {k} Ende{k}x{n}." for k in range(40) for n, text in enumerate(REFERENCES)]
    outputs = [f"{text} {k} Ende{k}x{n}." for k in range(40) for n, text in enumerate(OUTPUTS)]
    del outputs[50:70]  # more than the band is wide
    whole = cut(" ".join(outputs), references)
    monkeypatch.setattr(wer, "EXACT", 100)
    monkeypatch.setattr(wer, "RADIUS", 120)
    assert cut(" ".join(outputs), references) == whole
    assert whole[75:] == outputs[55:]


def test_windows_overlap_and_reach_both_ends() -> None:
    segments = [["a"] * 5] * 10
    found = windows(segments, ["b"] * 300, exact=50, radius=3)
    assert found[0].start == 0 and found[-1].stop == 301
    assert all(a.start <= b.start < a.stop <= b.stop for a, b in pairwise(found))


def test_anchors_rise_on_both_sides() -> None:
    assert anchors(list("abcde"), list("xdeabc")) == [(0, 0), (1, 4), (2, 5), (5, 6)]


def test_embed_cuts_shared_sentences_and_keeps_what_is_left_over() -> None:
    output = f"{OUTPUTS[0][:-1]}, {OUTPUTS[1]} Werbung! {OUTPUTS[3]}"
    found = embed(Bead((0, 1), (0,)), Bead((), (1,)), Bead((2,), ()), Bead((3,), (2,)), Bead((4,), ()))
    assert cut(output, REFERENCES, found)[0] == OUTPUTS[0][:-1] + ","
    pieces = found.realign(output, ["?"] * 5, [[r] for r in REFERENCES]).pieces
    assert [output[p.start : p.end].strip() for p in pieces][3:] == [OUTPUTS[3], ""]
    assert "".join(output[p.start : p.end] for p in pieces) == output


CAPTAIN = ["Der Kapitän sagte nichts.", "Er blickte auf das Meer."]  # one segment in two sentences


@pytest.mark.parametrize("alone", [0, 1])
def test_embed_puts_a_sentence_that_the_aligner_left_where_its_words_are(alone: int) -> None:
    beads = [Bead((0,), (0,)), Bead((1,), (1,)), Bead((), (2 + alone,)), Bead((2,), (3 - alone,))]
    beads += [Bead((3,), (4,)), Bead((4,), (5,))]
    assert cut(" ".join(OUTPUTS), REFERENCES, embed(*beads)) == OUTPUTS
    found = embed(*beads).realign(" ".join(OUTPUTS), ["?"] * 5, [[text] for text in REFERENCES]).pieces
    assert not any(piece.nowhere for piece in found)
    assert found[2].confidence is None  # the aligner's was of something else


def test_embed_gives_a_segment_its_first_sentence_at_the_beginning() -> None:
    output = " ".join([*CAPTAIN, OUTPUTS[3]])
    found = embed(Bead((), (0,)), Bead((0,), (1,)), Bead((1,), (2,)))
    pieces = found.realign(output, ["?"] * 2, [[text] for text in REFERENCES[2:4]]).pieces
    assert output[pieces[0].start : pieces[0].end].strip() == " ".join(CAPTAIN) and not pieces[0].nowhere


def test_embed_gives_a_sentence_to_a_segment_without_output() -> None:
    output = " ".join([OUTPUTS[0], OUTPUTS[1], OUTPUTS[3]])
    found = embed(Bead((0,), (0,)), Bead((), (1,)), Bead((1,), ()), Bead((2,), ()), Bead((3,), (2,)))
    assert cut(output, REFERENCES[:4], found) == [OUTPUTS[0], OUTPUTS[1], "", OUTPUTS[3]]


@pytest.mark.parametrize("extra", [OUTPUTS[0], "Besuchen Sie auch unsere Internetseite!"])
def test_embed_leaves_what_belongs_nowhere(extra: str) -> None:
    output = " ".join([OUTPUTS[0], extra, OUTPUTS[1]])
    found = embed(Bead((0,), (0,)), Bead((), (1,)), Bead((1,), (2,)))
    pieces = found.realign(output, ["?"] * 2, [[text] for text in REFERENCES[:2]]).pieces
    assert [output[start:stop] for start, stop in pieces[0].nowhere] == [extra]
    assert output[pieces[1].start : pieces[1].end] == OUTPUTS[1]


def test_embed_keeps_a_sentence_that_stands_twice_with_its_like() -> None:
    output = " ".join([OUTPUTS[0], OUTPUTS[1], OUTPUTS[1], OUTPUTS[3]])
    found = embed(Bead((0,), (0,)), Bead((), (1,)), Bead((1,), (2,)), Bead((2,), (3,)))
    references = [REFERENCES[0], REFERENCES[1], REFERENCES[3]]
    assert cut(output, references, found) == [OUTPUTS[0], f"{OUTPUTS[1]} {OUTPUTS[1]}", OUTPUTS[3]]
    pieces = found.realign(output, ["?"] * 3, [[text] for text in references]).pieces
    assert [[output[a:b] for a, b in piece.nowhere] for piece in pieces] == [[], [OUTPUTS[1]], []]


@pytest.mark.parametrize("kind", ["wer", "embed"])
@pytest.mark.parametrize("twice", range(5))
def test_a_sentence_that_the_reference_has_once_is_an_addition(kind: str, twice: int) -> None:
    text = OUTPUTS[twice].split(". ")[0].rstrip(".") + "."  # of two sentences the first
    doubled = [f"{text} {whole}" if k == twice else whole for k, whole in enumerate(OUTPUTS)]
    output = " ".join(doubled)
    found = realigner(kind).realign(output, ["?"] * 5, [[text] for text in REFERENCES]).pieces
    assert [output[a:b] for piece in found for a, b in piece.nowhere] == [text]
    assert "".join(output[piece.start : piece.end] for piece in found) == output


@pytest.mark.parametrize("kind", ["wer", "embed"])
def test_what_the_reference_repeats_is_no_addition(kind: str) -> None:
    chorus = "Das Schiff verließ am Montag den Hafen."
    references = [f"{chorus} {chorus}", REFERENCES[2], chorus, REFERENCES[4]]
    outputs = [f"{chorus} {chorus}", OUTPUTS[2], chorus, OUTPUTS[4]]
    found = realigner(kind).realign(" ".join(outputs), ["?"] * 4, [[text] for text in references]).pieces
    assert not any(piece.nowhere for piece in found)


@pytest.mark.parametrize("kind", ["wer", "embed"])
@pytest.mark.parametrize("other", ["Das ist bekannt.", "Besuchen Sie auch unsere neue Internetseite!"])
def test_a_piece_unlike_its_segment_is_unsure(kind: str, other: str) -> None:
    output = " ".join([*OUTPUTS[:3], other, OUTPUTS[4]])
    found = realigner(kind).realign(output, ["?"] * 5, [[text] for text in REFERENCES]).pieces
    strange = next(piece for piece in found if other in output[piece.start : piece.end])
    named = [output[a:b] for a, b in strange.nowhere] == [other]
    assert named or (strange.confidence is not None and strange.confidence < 0.5)
    fine = [piece for piece in found if piece is not strange and piece.end > piece.start]
    assert len(fine) == 4 and all(p.confidence is None or p.confidence > 0.5 for p in fine[:2])


def realigner(kind: str) -> Realigner:
    return Wer() if kind == "wer" else Embed(registry_aligner(), Sentencex(), "de")


def test_embed_finds_every_segment_in_a_text_without_sentence_ends() -> None:
    output = " ".join(text.rstrip(".").replace(". ", ", ") for text in OUTPUTS)
    found = embed(Bead((0,), ()), Bead((1, 2), (0,)), Bead((3,), ()), Bead((4,), ()))
    assert all(cut(output, REFERENCES, found))


def test_auto_goes_by_the_words_in_common() -> None:
    aligner = registry_aligner()
    auto = Auto(aligner, Sentencex(), "de")
    references = [[text] for text in REFERENCES]
    assert shared(" ".join(OUTPUTS), references) > 0.5
    assert auto.realign(" ".join(OUTPUTS), ["?"] * 5, references).method == "wer"
    assert auto.realign("Quite another text. In English.", ["?"] * 5, references).method == "embed"


ADVERTISEMENT = "Besuchen Sie auch unsere neue Internetseite!"


@pytest.mark.parametrize("place", range(6))
def test_wer_names_a_sentence_that_no_reference_has(place: int) -> None:
    output = " ".join([*OUTPUTS[:place], ADVERTISEMENT, *OUTPUTS[place:]])
    found = Wer().realign(output, ["?"] * 5, [[text] for text in REFERENCES]).pieces
    assert [output[a:b] for piece in found for a, b in piece.nowhere] == [ADVERTISEMENT]
    assert "".join(output[piece.start : piece.end] for piece in found) == output


def test_wer_names_nothing_in_a_free_translation() -> None:
    free = [*OUTPUTS[:2], "Kein Wort kam über seine Lippen. Er blickte auf das Meer.", *OUTPUTS[3:]]
    found = Wer().realign(" ".join(free), ["?"] * 5, [[text] for text in REFERENCES]).pieces
    assert not any(piece.nowhere for piece in found)
