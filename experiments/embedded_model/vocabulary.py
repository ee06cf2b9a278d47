"""Which French units and Polish strings the model knows, and how a sentence becomes units."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from . import function_words as fw
from . import pieces, polish
from .french import Analysis
from .pieces import MARK, SPACE
from .teacher import PARTS, PHRASES, Teacher, Unit

Zipf = Callable[[str], float]
PUNCTUATION = tuple(pieces.CLOSING + pieces.OPENING + "-–\"/*+=&@#$€£|_<>~^\\'`")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many entries of each sort."""

    words: int = 25_000
    capitals: int = 6_000
    phrases: int = 1_800
    copies: int = 3_000
    targets: int = 36_000


def rank_words(teacher: Teacher, zipf: Zipf, count: int) -> list[str]:
    """The most frequent French words that the teacher translates; names keep their capital."""
    known = [form for form in teacher.forms if teacher.knows(form)]
    known += [word for word, _ in teacher.lexicon if " " not in word]
    closed = [*fw.PREPOSITIONS, *fw.FIXED, *fw.DETERMINERS]
    words = {word for word in known if word and " " not in word}
    ranked = sorted(words - set(closed), key=lambda w: (-zipf(w), w))
    return list(dict.fromkeys([*closed, *ranked]))[:count]


def rank_phrases(teacher: Teacher, zipf: Zipf, count: int) -> list[str]:
    """Hand-written phrases first, then the dictionary's by their rarest word."""

    def value(phrase: str) -> float:
        return min(zipf(word) for word in phrase.replace("'", " ").split())

    known = {word for word, pos in teacher.lexicon if " " in word and len(word.split()) <= 4}
    short = {p for p in known if len(p) > 5 and value(p) >= 2.5 and not p.startswith(("à ", "se ", "s'"))}
    return list(dict.fromkeys([*PHRASES, *sorted(short, key=lambda p: (-value(p), p))]))[:count]


def copy_pieces(words: Iterable[str], count: int) -> list[str]:
    """Frequent pieces of unknown words, with the marks of a word's beginning and end (byte-pair encoding)."""
    import io
    import tempfile
    from pathlib import Path

    import sentencepiece

    end = "\ue000"
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "words.txt"
        text.write_text("".join(f"{MARK}{word}{end}\n" for word in words), "utf-8")
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_writer=model, vocab_size=count, model_type="bpe", character_coverage=0.9995,
            normalization_rule_name="identity", add_dummy_prefix=False, bos_id=-1, eos_id=-1, minloglevel=2,
            num_threads=1,
        )  # fmt: skip
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    found = [processor.id_to_piece(i).replace(end, SPACE) for i in range(1, len(processor))]
    return [piece for piece in found if "▁" not in piece[:-1]]


def letters() -> list[str]:
    """Every character that can be copied at any place of a word."""
    ranges = [(0x21, 0x7E), (0xA1, 0x17F), (0x218, 0x21B), (0x391, 0x3C9), (0x401, 0x45F), (0x1E80, 0x1EF9),
              (0x2010, 0x2026), (0x2030, 0x203A)]  # fmt: skip
    return [chr(code) for low, high in ranges for code in range(low, high + 1) if chr(code).strip()] + ["€", "™", "№"]


def as_source(text: str, first: bool = False) -> str:
    """The piece that is the whole word or phrase; `first` where it opens the sentence."""
    inner = text.replace("’", "'").replace("'", "' ").replace("  ", " ").strip()
    inner = inner.replace(" ", f"{SPACE}{MARK}")
    return ("" if first else MARK) + inner + SPACE


def as_target(piece: str) -> str:
    """The Polish piece that copies a French piece."""
    body = piece.removesuffix(SPACE) if piece != SPACE else ""
    return SPACE + body[1:] if body.startswith(MARK) else body


def source_pieces(words: Iterable[str], phrases: Iterable[str], copies: Iterable[str], zipf: Zipf,
                  capitals: int) -> dict[str, Unit]:  # fmt: skip
    """Piece → unit. A piece that copies itself is a unit of kind "copy" (or "punct") holding the piece."""
    table: dict[str, Unit] = {}
    ranked = sorted(words, key=lambda w: (-zipf(w), w))
    for phrase in phrases:
        for text in (phrase, phrase[0].upper() + phrase[1:]):
            for first in (False, True):
                if not first or text[0].isupper():
                    table[as_source(text, first)] = Unit(text, "phrase")
    for rank, word in enumerate(ranked):
        table.setdefault(as_source(word), Unit(word, "word"))
        if word[:1].isupper():
            table.setdefault(as_source(word, True), Unit(word, "word"))
        elif rank < capitals:
            capital = word[0].upper() + word[1:]
            table.setdefault(as_source(capital, True), Unit(capital, "word"))
            if rank < capitals // 2:
                table.setdefault(as_source(capital), Unit(capital, "word"))
            if rank < capitals // 4:
                table.setdefault(as_source(word, True), Unit(word, "word"))
    for sign in PUNCTUATION:
        for piece in (f"{MARK}{sign}{SPACE}", f"{sign}{SPACE}"):
            table.setdefault(piece, Unit(piece, "punct"))
    for letter in letters():
        for piece in (letter, f"{MARK}{letter}", f"{letter}{SPACE}", f"{MARK}{letter}{SPACE}"):
            table.setdefault(piece, Unit(piece, "copy"))
    for piece in (*copies, SPACE, MARK):
        table.setdefault(piece, Unit(piece, "copy"))
    return table


def score(unit: Unit) -> float:
    """SentencePiece score: a phrase beats its words, a word beats the pieces that would copy it."""
    return {"phrase": -9.0, "word": -10.0, "punct": -10.0}.get(unit.kind, -12.0)


def target_forms(teacher: Teacher, words: Iterable[str], zipf: Zipf, count: int) -> list[str]:
    """Polish strings worth an entry: one form at least of each word's translation, then by frequency."""
    must: set[str] = set(fw.FIXED.values()) | {word for word, _ in fw.PREPOSITIONS.values()}
    must |= {text for text, _ in PHRASES.values()} | {"go", "ją", "ich", "im", "nas", "was", "już", "aby", "o", "w"}
    must |= {form for row in fw.NUMERALS.values() for form in row}
    may: set[str] = set()
    for word in words:
        for reading in teacher.readings(word):
            may |= _forms(teacher, reading)
            must |= _default(teacher, reading)
    for lemma in {*fw.DETERMINERS.values(), "być", "zostać"}:
        for pos in ("adj", "v"):
            may |= set(polish.paradigm(lemma, pos).values())
    must.discard("")
    rest = sorted(may - must, key=lambda form: (-zipf(form), form))
    chosen = list(dict.fromkeys([*sorted(must), *rest]))[:count]
    capital = sorted(chosen, key=lambda form: (-zipf(form), form))[: count // 12]
    return list(dict.fromkeys([*chosen, *(form[0].upper() + form[1:] for form in capital)]))


def _lemmas(teacher: Teacher, reading: Analysis) -> list[str]:
    found = teacher.lexicon[reading.lemma, reading.pos]
    return found[:3] if reading.pos == "v" else found[:1]


def _forms(teacher: Teacher, reading: Analysis) -> set[str]:
    pos = "n" if reading.pos == "name" else reading.pos
    out: set[str] = set()
    if pos in ("n", "adj", "v"):
        for lemma in _lemmas(teacher, reading):
            reflexive = " się" if lemma.endswith(" się") else ""
            table: dict[Any, str] = polish.paradigm(lemma.removesuffix(" się"), pos)
            skip = {("gender",), ("aspect",)}
            out |= {form + reflexive for key, form in table.items() if key not in skip}
            if pos == "v":
                out |= {form + "by" for key, form in table.items() if key[0] == "praet" and reading.lemma in
                        ("pouvoir", "être", "avoir", "devoir", "vouloir", "dire", "aller")}  # fmt: skip
    return out


def _default(teacher: Teacher, reading: Analysis) -> set[str]:
    pos = "n" if reading.pos == "name" else reading.pos
    lemma = teacher.lexicon[reading.lemma, reading.pos][0]
    if pos not in ("n", "adj", "v"):
        return {lemma}
    reflexive = " się" if lemma.endswith(" się") else ""
    table = polish.paradigm(lemma.removesuffix(" się"), pos)
    wanted = {
        "n": [("n", "sg", "nom"), ("n", "sg", "gen"), ("n", "pl", "nom")],
        "adj": [("adj", "sg", "nom", "m3")],
        "v": [("inf",), ("fin", "sg", "ter"), ("praet", "sg", "m1", "ter")],
    }[pos]
    return {table[key] + reflexive for key in wanted if key in table} or {lemma}


def phrase_targets(teacher: Teacher, phrases: Iterable[str]) -> list[str]:
    """The fixed translations of the dictionary's phrases."""
    out = []
    for phrase in phrases:
        if phrase not in PHRASES:
            out.append(next(teacher.lexicon[phrase, pos][0] for pos in PARTS if (phrase, pos) in teacher.lexicon))
    return out
