"""What a pair of the embedded model's recipe brings: slots, the Polish→French teacher, pins on its input."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from experiments.embedded_model import export, label, pieces, pins, settings
from experiments.embedded_model.pieces import MARK, SLOT, SPACE
from experiments.embedded_model.teacher import Said, Teacher, whole
from experiments.embedded_model.teachers import load
from experiments.embedded_model.vocabulary import as_source, score, source_pieces
from harness.protocols import Batch

RECIPE = Path(__file__).resolve().parents[3] / "experiments" / "embedded_model"


@pytest.fixture(scope="module")
def polish() -> Teacher:
    return load("pl", "fr")


def _processor(path: Path, scored: list[tuple[str, float]], rules: list[tuple[str, str]], source: bool):
    import sentencepiece

    pieces.build(path, scored, [], rules, source=source)
    return sentencepiece.SentencePieceProcessor(str(path))


def _source(folder: Path, words: list[str], lang: str, slots: bool):
    table = source_pieces(words, [], [], len, 100, slots)
    scored = [(piece, score(piece, kind)) for piece, (kind, _) in table.items()]
    return table, _processor(folder / "s.spm", scored, pieces.source_rules(lang, slots), source=True)


def test_a_slot_stands_before_each_word_but_not_before_a_sign(tmp_path):
    _, tokenizer = _source(tmp_path, ["prezydent", "podpisał", "ustawę"], "pl", slots=True)
    assert tokenizer.encode("Prezydent podpisał ustawę.", out_type=str) == [
        as_source("Prezydent", first=True), SLOT, as_source("podpisał"), SLOT, as_source("ustawę"),
        as_source("."),
    ]  # fmt: skip


def test_a_known_word_is_not_the_end_of_an_unknown_one(tmp_path):
    _, tokenizer = _source(tmp_path, ["stan", "i"], "pl", slots=True)
    for name in ("Kazachstan", "Xi"):
        assert all(len(label.bare(piece)) == 1 for piece in tokenizer.encode(name, out_type=str))


def test_what_only_french_says_goes_to_the_slot(tmp_path, polish):
    table, _ = _source(tmp_path, ["prezydent", "podpisał", "ustawę"], "pl", slots=True)
    kinds = {piece: kind for piece, (kind, _) in table.items()}
    pairs = label.Labeller(tmp_path / "s.spm", kinds, polish).pairs("Prezydent podpisał ustawę.")
    assert [target for _, target in pairs] == ["▁Le▁président", "<eps>", "▁a▁signé", "▁la", "▁loi", "."]


def test_before_a_first_word_there_is_no_slot_so_both_are_one_piece():
    said = [Said("Dom", "maison", False, "La"), Said("jest", "est", False, "")]
    marked = [f"Dom{SPACE}", SLOT, f"{MARK}jest{SPACE}"]
    assert label.lay(marked, ["word", "slot", "word"], said, "fr") == ["▁La▁maison", "<eps>", "▁est"]


@pytest.mark.parametrize(
    "line",
    [
        "Prezydent Xi Jinping powiedział, że Chiny są gotowe.",
        "W środę minister spotkał się z przewodniczącym.",
        "Nie ma żadnych plików na dysku w Polsce.",
    ],
)
def test_the_polish_teacher_says_the_words_of_the_gloss(line, polish, tmp_path):
    """The words of the gloss engine, elided and contracted by the tokenizer; only their order is Polish."""
    from harness.gloss.engine import Gloss

    said = polish.say(line)
    assert "".join(item.source for item in said) == line.replace(" ", "")
    own = [label.target_piece(text, "fr") for item in said for text in (item.before, item.target) if text]
    scored = [(piece, -1.0) for piece in dict.fromkeys(own)]
    back = _processor(tmp_path / "t.spm", scored, pieces.target_rules("fr"), source=False)
    gloss = next(iter(Gloss({}, "pl", "fr").translate(Batch([line]))))[0][1].hypothesis
    assert Counter(back.decode_pieces(own).lower().split()) == Counter(gloss.lower().split())


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (["▁Le", "▁accord", "▁de", "▁le", "▁homme"], "L'accord de l'homme"),
        (["▁le", "▁port", "▁de", "▁le", "▁nord"], "le port du nord"),
        (["▁dit", "▁à", "▁les", "▁pays", "▁dans", "▁la", "▁Chine"], "dit aux pays en Chine"),
        (["▁dit", "▁que", "▁il", "▁ne", "▁a", "▁«", "▁oui", "▁»", "▁("], "dit qu'il n'a « oui » ("),
    ],
)
def test_the_french_tokenizer_elides_and_contracts(said, written, tmp_path):
    scored = [(piece, -1.0) for piece in dict.fromkeys(said)]
    back = _processor(tmp_path / "t.spm", scored, pieces.target_rules("fr"), source=False)
    assert back.decode_pieces(said) == written


def test_inverted_pronouns_and_titles_are_pieces_and_can_be_laid(tmp_path):
    table, tokenizer = _source(tmp_path, ["a", "dit", "il"], "fr", slots=False)
    line = "M. Xi, a-t-il dit."
    found = tokenizer.encode(line, out_type=str)
    assert found[0] == f"M.{SPACE}" and f"{MARK}-t-il{SPACE}" in found
    kinds = {piece: kind for piece, (kind, _) in table.items()}
    assert label.Labeller(tmp_path / "s.spm", kinds, load("fr", "pl")).pairs(line)


def test_characters_that_the_engine_leaves_out_go_to_the_item_after():
    assert whole("a-t-il dit", ["a", "il", "dit"]) == ["a", "-t-il", "dit"]
    assert whole("quelque chose", ["autre"]) == ["autre"]


def test_models_made_twice_are_equal_bytes(tmp_path):
    for name in ("a.spm", "b.spm"):
        _processor(tmp_path / name, [("▁a", -1.0)], pieces.target_rules("fr"), source=False)
    assert (tmp_path / "a.spm").read_bytes() == (tmp_path / "b.spm").read_bytes()


@pytest.mark.parametrize("path", sorted(RECIPE.glob("??-??.json")), ids=lambda path: path.stem)
def test_every_pair_has_settings_a_teacher_and_licences(path):
    found = settings.load(path)
    assert path.stem == f"{found.src}-{found.tgt}" == "-".join((load(found.src, found.tgt).src, found.tgt))
    assert all(licence.startswith(("MPL-2.0", "CC-BY-SA")) for _, licence in found.packages)


def test_other_input_than_the_published_weights_had_is_told(tmp_path):
    pair = settings.load(RECIPE / "fr-pl.json")
    (tmp_path / "fr-pl").mkdir()
    kept = {"packages": [{"package": "a", "version": "1"}], "teacher": {"version": "5"}}
    (tmp_path / "fr-pl" / "manifest.json").write_text(json.dumps(kept), "utf-8")
    (tmp_path / "manifest.json").write_text(json.dumps(kept), "utf-8")
    assert pins.differences(pair, tmp_path, tmp_path) == []
    kept["teacher"] = {"version": "6"}
    kept["packages"][0]["version"] = "2"
    (tmp_path / "manifest.json").write_text(json.dumps(kept), "utf-8")
    lines = pins.differences(pair, tmp_path, tmp_path)
    assert lines[0].startswith("packages: a: package a, version 2, but package a, version 1")
    assert lines[1] == "teacher: version 6, but version 5 made the published weights"


def test_weights_that_lose_by_eight_bits_are_refused(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    weights = {name: torch.full((2, 2), 0.3, dtype=torch.float16) for name in export.EMBEDDINGS}
    save_file(weights, tmp_path / "model.safetensors")
    with pytest.raises(SystemExit, match="does not fit into 8 bits"):
        export.narrow(tmp_path / "model.safetensors")
