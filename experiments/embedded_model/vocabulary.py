"""Which French units and Polish strings the model knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import pieces
from .pieces import MARK, SLOT, SPACE
from .teacher import Teacher

Zipf = Callable[[str], float]
PUNCTUATION = tuple(pieces.CLOSING + pieces.OPENING + "-–\"/*+=&@#$€£|_<>~^\\'`")
SCORES = {
    "phrase": -9.0,
    "word": -10.0,
    "punct": -10.0,
    "copy": -12.0,
    "slot": -1.0,
}  # a phrase beats its words, a word its letters


def score(piece: str, kind: str) -> float:
    """The SentencePiece score. A mark stands alone only where no other piece holds it."""
    return -20.0 if piece in (MARK, SPACE) else SCORES[kind]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many entries of each sort."""

    words: int = 26_000
    capitals: int = 6_000
    phrases: int = 1_500
    copies: int = 3_000
    targets: int = 40_000


def rank_words(
    teacher: Teacher, frequent: Iterable[str], names: Iterable[str], zipf: Zipf, count: int
) -> list[str]:
    """Function words, then the most frequent French words that the teacher translates."""
    closed = [word for word in teacher.tables.words if " " not in word and "/" not in word]
    known = {word for word in frequent if teacher.knows(word)}
    known |= {name for name in names if teacher.tables.lexicon.entry(name) and name.lower() not in known}
    ranked = sorted(known, key=lambda w: (-zipf(w), w))
    return list(dict.fromkeys([*closed, *ranked]))[:count]


def rank_phrases(teacher: Teacher, headwords: Iterable[str], zipf: Zipf, count: int) -> list[str]:
    """The engine's function phrases, then the dictionary's by their rarest word."""

    def value(phrase: str) -> float:
        return min(zipf(word) for word in phrase.replace("'", " ").split())

    closed = [word for word in teacher.tables.words if " " in word and "/" not in word]
    known = {
        w
        for w in headwords
        if " " in w and len(w.split()) <= 4 and "x" not in teacher.tables.lexicon.entry(w)
    }
    ranked = sorted((p for p in known if value(p) >= 2.5), key=lambda p: (-value(p), p))
    return list(dict.fromkeys([*closed, *ranked]))[:count]


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
            input=str(text),
            model_writer=model,
            vocab_size=count,
            model_type="bpe",
            character_coverage=0.9995,
            normalization_rule_name="identity",
            add_dummy_prefix=False,
            bos_id=-1,
            eos_id=-1,
            minloglevel=2,
            num_threads=1,
            hard_vocab_limit=False,
        )
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    found = [processor.id_to_piece(i).replace(end, SPACE) for i in range(1, len(processor))]
    return [piece for piece in found if SPACE not in piece[:-1]]


def letters() -> list[str]:
    """Every character that can be copied at any place of a word."""
    ranges = [
        (0x21, 0x7E),
        (0xA1, 0x17F),
        (0x218, 0x21B),
        (0x391, 0x3C9),
        (0x401, 0x45F),
        (0x1E80, 0x1EF9),
        (0x2010, 0x2026),
        (0x2030, 0x203A),
    ]
    return [chr(code) for low, high in ranges for code in range(low, high + 1) if chr(code).strip()] + [
        "€",
        "™",
        "№",
    ]


def as_source(text: str, first: bool = False, slots: bool = False) -> str:
    """The piece that is the whole word or phrase; `first` where it opens the sentence."""
    inner = " ".join(text.replace("’", "'").replace("'", "' ").split())
    inner = inner.replace(" ", f"{SPACE}{SLOT}{MARK}" if slots else f"{SPACE}{MARK}")
    return ("" if first else MARK) + inner + SPACE


def as_target(piece: str) -> str:
    """The Polish piece that copies a French piece."""
    body = piece.removesuffix(SPACE) if piece not in (SPACE, SLOT) else ""
    return SPACE + body[1:] if body.startswith(MARK) else body


def source_pieces(
    words: Iterable[str],
    phrases: Iterable[str],
    copies: Iterable[str],
    zipf: Zipf,
    capitals: int,
    slots: bool = False,
) -> dict[str, tuple[str, str]]:
    """Piece → (kind, text)."""
    table: dict[str, tuple[str, str]] = {SLOT: ("slot", "")} if slots else {}
    ranked = sorted(words, key=lambda w: (-zipf(w), w))
    for phrase in phrases:
        for text in dict.fromkeys((phrase, phrase[0].upper() + phrase[1:])):
            for first in (False, True):
                if first == text[0].isupper() or text == phrase:
                    table[as_source(text, first, slots)] = ("phrase", text)
    for rank, word in enumerate(ranked):
        table.setdefault(as_source(word), ("word", word))
        if word[:1].isupper():
            table.setdefault(as_source(word, True), ("word", word))
        elif rank < capitals:
            capital = word[0].upper() + word[1:]
            table.setdefault(as_source(capital, True), ("word", capital))
            if rank < capitals // 2:
                table.setdefault(as_source(capital), ("word", capital))
            if rank < capitals // 4 and not slots:  # in Polish these match endings: Kazach-stan
                table.setdefault(as_source(word, True), ("word", word))
    for clitic in pieces.ENCLITICS if not slots else ():
        table.setdefault(f"{MARK}{clitic}{SPACE}", ("word", clitic.rpartition("-")[2]))
    for title in pieces.TITLES if not slots else ():
        for piece in (f"{MARK}{title}{SPACE}", f"{title}{SPACE}"):
            table.setdefault(piece, ("word", title))
    for sign in PUNCTUATION:
        for piece in (f"{MARK}{sign}{SPACE}", f"{sign}{SPACE}"):
            table.setdefault(piece, ("punct", sign))
    for letter in letters():
        for piece in (letter, f"{MARK}{letter}", f"{letter}{SPACE}", f"{MARK}{letter}{SPACE}"):
            table.setdefault(piece, ("copy", letter))
    for piece in (*copies, SPACE, MARK):
        table.setdefault(piece, ("copy", piece))
    return table


def target_strings(
    teacher: Teacher, words: Iterable[str], said: Counter[str], zipf: Zipf, count: int
) -> list[str]:
    """Polish pieces worth an entry: what the teacher said most, a form of each translation, the frequent."""
    must = {piece for piece, times in said.items() if times >= 2}
    may: set[str] = set()
    for word in words:
        for pos, _tag, target in teacher.meanings(word):
            forms = [form for form, _ in teacher.paradigm(target, pos)]
            may.update(SPACE + form.replace(" ", SPACE) for form in forms)
            must.update(SPACE + form.replace(" ", SPACE) for form in forms[:1])
    ranked = sorted(must, key=lambda p: (-said[p], p))[:count]
    rest = sorted(may - must, key=lambda p: (-zipf(p.replace(SPACE, " ").strip()), p))
    return list(dict.fromkeys([*ranked, *rest]))[:count]
