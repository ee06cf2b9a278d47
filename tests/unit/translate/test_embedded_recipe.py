"""The recipe of the embedded model: tokenizer, teacher, starting point, training and data."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.embedded_model import clean, construct, corpus, label, news, pieces, settings, train
from experiments.embedded_model.pieces import MARK, SPACE
from experiments.embedded_model.teacher import Said, Teacher
from experiments.embedded_model.teachers import load
from experiments.embedded_model.vocabulary import as_source, as_target, score, source_pieces
from harness.protocols import Batch

ROOT = Path(__file__).resolve().parents[3]
NTREX = ROOT.parent / "shared" / "data" / "ntrex"
if not NTREX.exists():
    NTREX = ROOT.parents[1] / "shared" / "data" / "ntrex"


@pytest.fixture(scope="module")
def teacher() -> Teacher:
    return load("fr", "pl")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    """A source model that knows five words and a phrase."""
    import sentencepiece

    table = source_pieces(["le", "port", "l'", "homme", "parce", "Paris"], ["parce que"], ["⁞po"], len, 100)
    path = tmp_path_factory.mktemp("spm") / "source.spm"
    pieces.build(
        path,
        [(p, score(p, k)) for p, (k, _) in table.items()],
        ["</s>", "<pad>"],
        pieces.source_rules("fr", slots=False),
        source=True,
    )
    return sentencepiece.SentencePieceProcessor(str(path))


def test_a_known_word_is_one_piece_and_never_a_part_of_another(tokenizer):
    assert tokenizer.encode("le port", out_type=str)[-1] == as_source("port")
    inside = tokenizer.encode("le portier", out_type=str)
    assert as_source("port") not in inside and "port" not in inside
    assert label.bare("".join(inside)) == "leportier" and MARK not in inside


def test_elisions_punctuation_and_phrases_are_split_as_written(tokenizer):
    assert tokenizer.encode("Le port, l’homme.", out_type=str) == [
        as_source("Le", first=True), as_source("port"), as_source(","), as_source("l'"), as_source("homme"),
        as_source("."),
    ]  # fmt: skip
    assert as_source("parce que") in tokenizer.encode("le port parce que", out_type=str)


@pytest.mark.parametrize("text", ["Kim Jong-un", "3,5 %", "Łódź (2018)", "Żółć", "x@y.fr"])
def test_what_is_copied_comes_back(tokenizer, tmp_path, text):
    import sentencepiece

    copied = [as_target(piece) for piece in tokenizer.encode(text, out_type=str)]
    pieces.build(
        tmp_path / "t.spm",
        [(p, -1.0) for p in dict.fromkeys(copied) if p],
        [],
        pieces.target_rules("pl"),
        source=False,
    )
    back = sentencepiece.SentencePieceProcessor(str(tmp_path / "t.spm")).decode_pieces(
        [p for p in copied if p]
    )
    assert back.replace(" ", "") == text.replace(" ", "")


def test_the_target_closes_brackets_and_quotes_up(tmp_path):
    import sentencepiece

    words = [f"{SPACE}„", f"{SPACE}dom", "”", f"{SPACE}(", ")"]
    pieces.build(
        tmp_path / "t.spm", [(w, -1.0) for w in words], ["<eps>"], pieces.target_rules("pl"), source=False
    )
    model = sentencepiece.SentencePieceProcessor(str(tmp_path / "t.spm"))
    assert model.decode_pieces([words[0], words[1], "<eps>", words[2]]) == "„dom”"
    assert model.decode_pieces([words[3], words[1], words[4]]) == "(dom)"


def test_the_teacher_says_what_the_gloss_engine_says(teacher):
    from harness.gloss.engine import Gloss

    line = "Le ministre a signé la nouvelle loi, parce que les députés (45) l'ont adoptée."
    said = teacher.say(line)
    assert "".join(item.source for item in said) == line.replace(" ", "")
    whole = next(iter(Gloss({}, "fr", "pl").translate(Batch([line]))))[0][1].hypothesis
    spoken = "".join(item.target for item in said).replace(" ", "")
    assert spoken == whole.replace(" ", "")


def test_a_verb_of_several_words_is_spread_over_its_sources(teacher):
    said = {item.source: item.target for item in teacher.say("La loi a été adoptée.")}
    assert said["a"].startswith("został") and said["été"] == "" and said["adoptée"]


def test_laying_copies_unknown_words_and_spreads_phrases():
    words = [
        f"{MARK}Xi{SPACE}",
        f"{MARK}J",
        f"in{SPACE}",
        f"{MARK}au{SPACE}",
        f"{MARK}sein{SPACE}",
        f"{MARK}.{SPACE}",
    ]
    kinds = ["word", "copy", "copy", "word", "word", "punct"]
    said = [
        Said("Xi", "ksi", False),
        Said("Jin", "Jin", True),
        Said("ausein", "w ramach", False),
        Said(".", ".", True),
    ]
    assert label.lay(words, kinds, said) == ["▁ksi", "▁J", "in", "▁w", "▁ramach", "."]
    assert label.lay(words[:2], kinds[:2], said) is None
    alone = [MARK, "Xi", SPACE]
    assert label.lay(alone, ["copy"] * 3, [Said("Xi", "Xi", True)]) == [SPACE, "Xi", "<eps>"]


def test_the_start_of_training_translates_word_for_word():
    """Before any training the checkpoint says the usual counterpart of each word, in order, and stops."""
    torch = pytest.importorskip("torch")
    names = [*label.SPECIAL, *(f"s{i}" for i in range(40))]
    senses = [([name], set()) for name in names]
    senses[10] = (["dom"], {"sn", "low"})
    senses[11] = (["dom"], {"sg", "sl", "low"})
    usual = [*range(4), *reversed(range(4, len(names)))]
    cells = [{"sg", "low"} if target == 11 else senses[target][1] for target in usual]
    source, target = construct.embeddings(
        [set()] * len(names), usual, senses, cells, [["sn", "sg", "sl"], ["low"]], seed=1
    )
    model = construct.build(source, target, seed=1).eval()
    sentence = [4, 37, 36, 36, 12, 43, 20, 5, *range(6, 34), label.EOS]
    with torch.no_grad():
        out = model.generate(torch.tensor([sentence]), num_beams=1, max_new_tokens=60)[0].tolist()
    assert out[1:] == [usual[i] for i in sentence[:-1]] + [label.EOS]


def test_training_that_was_stopped_goes_on_to_the_same_weights(tmp_path):
    torch = pytest.importorskip("torch")
    from transformers import MarianMTModel

    names = [*label.SPECIAL, *(f"s{i}" for i in range(20))]
    senses = [([name], set()) for name in names]
    source, target = construct.embeddings([set()] * 24, list(range(24)), senses, [set()] * 24, [], seed=1)
    construct.build(source, target, seed=1, positions=32).save_pretrained(tmp_path / "start")
    pairs = [([4 + i % 20, 5, 0], [5 + i % 19, 6, 0]) for i in range(40)]
    lemmas = [lemmas for lemmas, _ in senses]
    plan = train.Plan(steps=4, tokens=60, sample=5, save_every=2, warmup=1)
    train.run(tmp_path / "start", tmp_path / "whole", pairs, pairs[:4], lemmas, plan)
    import dataclasses

    half = tmp_path / "halves"
    train.run(tmp_path / "start", half, pairs, pairs[:4], lemmas, dataclasses.replace(plan, stop_after=2))
    train.run(tmp_path / "start", half, pairs, pairs[:4], lemmas, plan)
    one = MarianMTModel.from_pretrained(tmp_path / "whole" / "model").state_dict()
    two = MarianMTModel.from_pretrained(half / "model").state_dict()
    assert all(torch.equal(one[key], two[key]) for key in one)


def test_the_grammar_repeats_itself_from_its_seed(teacher):
    words = ["ministre", "loi", "nouveau", "nouvelle", "adopte", "parle", "signé", "rapidement", "Paris"]
    made = [
        list(news.NewsGrammar(teacher, words, lambda word: 3.0, ["Martin"], seed=3).sentences(20))
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert any("loi" in sentence for sentence in made[0])


def test_the_grammar_speaks_as_reports_do_and_writes_french(teacher):
    words = [
        "loi", "lois", "maisons", "amis", "ami", "homme", "vote", "votent", "voté", "voter", "votant",
        "grande", "grand", "grandes", "grands",
    ]  # fmt: skip
    made = " ".join(news.NewsGrammar(teacher, words, lambda word: 3.0, ["Martin"], seed=3).sentences(400))
    assert all(part in made for part in ("M. Martin", "a-t-il", "deux lois", " % des ", "« ", "l'homme"))
    assert not any(part in f"{made} " for part in (" de le ", " à les ", " de les ", " le homme", " que il "))


def test_sentences_are_language_not_code():
    text = "Cliquez sur le bouton pour fermer. Voir https://example.org/page. La fenêtre s'ouvre ensuite."
    assert list(corpus.sentences(text)) == [
        "Cliquez sur le bouton pour fermer.",
        "La fenêtre s'ouvre ensuite.",
    ]
    assert list(corpus.sentences("{ $count } fichiers ouverts sur %s")) == []


def test_thirteen_words_in_common_are_found():
    words = [f"mot{i}" for i in range(20)]
    test = " ".join(words)
    assert corpus.overlapping([f"Avant, {' '.join(words[2:15]).upper()} !"], [test])
    assert not corpus.overlapping([" ".join(words[2:14])], [test])


def _help_page(root: Path, paragraphs: list[str]) -> None:
    folder = root / "usr/share/libreoffice/help/fr/text"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text("".join(f"<p>{p}</p>" for p in paragraphs), "utf-8")


def test_the_training_list_keeps_out_the_test_sets(tmp_path):
    """A sentence of the seeds (and of NTREX, where it is at hand) that a package held would be dropped."""
    own = "Cette phrase ne figure dans aucun jeu de test et peut donc servir."
    held = (ROOT / "seeds").glob("*/fr.txt")
    lines = [
        next(line for line in path.read_text("utf-8").splitlines() if len(line.split()) > 20) for path in held
    ]
    if NTREX.exists():
        lines += (NTREX / "newstest2019-ref.fra.txt").read_text("utf-8").splitlines()[5:8]
    _help_page(tmp_path / "root", [*lines, own])
    clean.run(settings.load(ROOT / "experiments/embedded_model/fr-pl.json"), tmp_path)
    kept = clean.read(tmp_path)
    assert own in kept
    texts = clean.test_texts(ROOT)
    assert len(texts) >= 5 and not corpus.overlapping(kept, texts)


def test_what_the_grammar_makes_shares_nothing_with_the_test_sets(teacher):
    words = [word for word in teacher.headwords() if word.isalpha()][::40]
    made = list(news.NewsGrammar(teacher, words, len, ["Martin"], seed=7).sentences(300))
    assert not corpus.overlapping(made, clean.test_texts(ROOT))
