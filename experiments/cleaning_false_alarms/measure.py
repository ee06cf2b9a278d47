"""False alarms and recall of the cleaner on clean text that is then damaged on purpose.

    python experiments/cleaning_false_alarms/measure.py NTREX_DIR [--langs fr pl] [--rate 0.05] [--seed 1]

NTREX_DIR holds NTREX-128: newstest2019-ref.<ISO 639-3>.txt and DOCUMENT_IDS.tsv. Each of the 123
documents is one document of the collection.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from harness.common.files import read_lines
from harness.common.langs import language
from harness.registry import build
from harness.text.evidence import fold
from harness.types import Cleaned, Document

WORD = re.compile(r"[^\W\d_]+")


def documents(folder: Path, lang: str) -> list[Document]:
    """NTREX as 123 documents, one segment a line."""
    lines = read_lines(folder / f"newstest2019-ref.{language(lang).iso3}.txt")
    names = [row.split("\t")[0] for row in read_lines(folder / "DOCUMENT_IDS.tsv")]
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name, line in zip(names, lines, strict=True):
        groups[name].append(line)
    return [Document(name, lang, "\n".join(group), "NTREX-128") for name, group in groups.items()]


def alarms(cleaned: list[Cleaned]) -> tuple[int, list[str]]:
    """Lines edited beyond white space and quotes, and what was done."""
    touched, shown = set(), []
    for number, result in enumerate(cleaned):
        for edit in result.edits:
            if edit.rule != "quote" and edit.before.split() != edit.after.split():
                touched.add((number, result.document.text.count("\n", 0, edit.start)))
                shown.append(f"{edit.rule}: {edit.before!r} → {edit.after!r}")
    return len(touched), shown


Truth = list[tuple[int, str, str]]  # (offset in the damaged text, damaged, original)


def encode_badly(text: str, rate: float, draw: random.Random) -> tuple[str, Truth]:
    """What a wrong encoding does: two of the document's letters vanish, one as `?`, one silently."""
    letters = sorted({c for c in text if c.isalpha() and not c.isascii() and fold(c).isascii()})
    gone = draw.sample(letters, k=min(2, len(letters)))
    table = {c: "?" if i == 0 else fold(c) for i, c in enumerate(gone)}
    return replace(text, [(m, m.group().translate(str.maketrans(table))) for m in WORD.finditer(text)])


def lose_letters(text: str, rate: float, draw: random.Random) -> tuple[str, Truth]:
    """Single letters as `?` inside random words, the same letters intact elsewhere."""
    return replace(text, [(m, _one(m.group(), rate, draw, "?")) for m in WORD.finditer(text)])


def lose_accents(text: str, rate: float, draw: random.Random) -> tuple[str, Truth]:
    """Single accents in random words, the same letters intact elsewhere: a careless typist."""
    return replace(text, [(m, _one(m.group(), rate, draw, None)) for m in WORD.finditer(text)])


def strip_accents(text: str, rate: float, draw: random.Random) -> tuple[str, Truth]:
    """Every accent gone, silently."""
    return replace(text, [(m, fold(m.group())) for m in WORD.finditer(text)])


def lose_spaces(text: str, rate: float, draw: random.Random) -> tuple[str, Truth]:
    """Spaces before numbers and after full stops and commas."""
    places = re.finditer(r"(?<!\w)[^\W\d_]{2,} \d+[^\W\d_]{0,3}(?!\w)|(?<=\w\w[.,]) (?=\w\w)", text)
    return replace(
        text, [(m, m.group().replace(" ", "") if draw.random() < rate else m.group()) for m in places]
    )


def _one(word: str, rate: float, draw: random.Random, lost: str | None) -> str:
    places = [
        i for i, c in enumerate(word) if 0 < i < len(word) - 1 and not c.isascii() and fold(c).isascii()
    ]
    if not places or draw.random() >= rate:
        return word
    i = draw.choice(places)
    return word[:i] + (lost or fold(word[i])) + word[i + 1 :]


def replace(text: str, changes: list[tuple[re.Match[str], str]]) -> tuple[str, Truth]:
    parts: list[str] = []
    truth: Truth = []
    position = length = 0
    for match, damaged in changes:
        parts += text[position : match.start()], damaged
        length += match.start() - position
        if damaged != match.group():
            truth.append((length, damaged, match.group()))
        length += len(damaged)
        position = match.end()
    return "".join([*parts, text[position:]]), truth


def repaired(
    docs: list[Document], kind: Damage, accents: str, rate: float, seed: int, share: float
) -> Counter[str]:
    """Damage a share of the documents; count places right, wrong and missed, and edits of intact places."""
    draw = random.Random(seed)
    damaged, truths = [], []
    for document in docs:
        text, truth = kind(document.text, rate, draw) if draw.random() < share else (document.text, [])
        damaged.append(Document(document.id, document.lang, text, document.source))
        truths.append({start: (before, original) for start, before, original in truth})
    counts: Counter[str] = Counter()
    results = build("cleaner", {"kind": "rules", "accents": accents}).clean(damaged)
    for result, truth in zip(results, truths, strict=True):
        counts["n"] += len(truth)
        for edit in result.edits:
            _, original = truth.pop(edit.start, ("", ""))
            if edit.rule == "lost-space" and not edit.before and edit.start == edit.end:
                original = " "
            if edit.rule in ("quote", "space", "control"):
                continue
            counts["right" if edit.after == original else "wrong" if original else "intact"] += 1
    return counts


Damage = Callable[[str, float, random.Random], tuple[str, Truth]]
KINDS: tuple[Damage, ...] = (encode_badly, lose_letters, lose_accents, strip_accents, lose_spaces)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ntrex", type=Path)
    parser.add_argument("--langs", nargs="+", default=["fr", "pl"])
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for lang in options.langs:
        docs = documents(options.ntrex, lang)
        total = sum(document.text.count("\n") + 1 for document in docs)
        for accents in ("damage", "always"):
            cleaned = build("cleaner", {"kind": "rules", "accents": accents}).clean(docs)
            touched, shown = alarms(cleaned)
            left = sum(len(result.unrepaired) for result in cleaned)
            flagged = Counter(piece.kind for result in cleaned for piece in result.furniture)
            print(
                f"{lang} accents={accents}: {touched} of {total} lines edited ({touched / total:.3%});"
                f" unrepaired {left}; furniture {dict(flagged)}"
            )
            for line in shown:
                print("    " + line)
        for kind in KINDS:
            for share in (1.0, 0.1):
                counts = repaired(docs, kind, "damage", options.rate, options.seed, share)
                made = counts["right"] + counts["wrong"] + counts["intact"]
                print(
                    f"{lang} {kind.__name__}, {share:.0%} of documents: {counts['n']} places damaged,"
                    f" {counts['right'] / counts['n']:.1%} repaired; of {made} edits"
                    f" {counts['right'] / max(1, made):.1%} right"
                    f" ({counts['wrong']} wrong, {counts['intact']} of intact words)"
                )


if __name__ == "__main__":
    main()
