"""Boundary F1 of the splitter on sentences joined into paragraphs, and exact cuts of hand-written cases.

    python experiments/sentence_splitting/measure.py FILE… [--splitter sentencex] [--errors 20]

FILE is either a treebank's sentences, one a line, named by language (`pl.dev`), or a `.jsonl` of cases with
`lang` and `sentences`. Sentences are joined with a space, in scripts without spaces with nothing.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from harness.common.files import read_lines
from harness.protocols import Splitter
from harness.registry import build
from harness.text.segment import segment
from harness.types import Cleaned, Document

UNSPACED = ("zh", "ja")
PARAGRAPH = 10  # sentences


def joined(sentences: list[str], lang: str) -> tuple[str, set[int]]:
    """A paragraph and the offsets at which its sentences begin, but the first."""
    glue = "" if lang in UNSPACED else " "
    starts = accumulate(len(sentence) + len(glue) for sentence in sentences[:-1])
    return glue.join(sentences), set(starts)


def starts(text: str, lang: str, splitter: Splitter) -> set[int]:
    """The offsets at which the segments of a text begin, but the first."""
    document = Document("d", lang, text, "")
    return {s.start for s in segment(Cleaned(document, text), splitter)[1:]}


def paragraphs(path: Path) -> Iterator[list[str]]:
    lines = [line.strip() for line in read_lines(path) if line.strip()]
    for first in range(0, len(lines), PARAGRAPH):
        yield lines[first : first + PARAGRAPH]


def treebank(path: Path, splitter: Splitter, errors: int) -> None:
    """Print precision, recall and F1 of the boundaries within paragraphs, and the first errors."""
    lang = path.name.split(".")[0]
    counts: Counter[str] = Counter()
    shown: list[str] = []
    for sentences in paragraphs(path):
        text, gold = joined(sentences, lang)
        found = starts(text, lang, splitter)
        counts.update(right=len(gold & found), wrong=len(found - gold), missed=len(gold - found))
        for sign, places in (("+", found - gold), ("-", gold - found)):
            shown += [f"  {sign} {text[max(0, at - 45) : at]}¦{text[at : at + 30]}" for at in sorted(places)]
    precision = counts["right"] / (counts["right"] + counts["wrong"])
    recall = counts["right"] / (counts["right"] + counts["missed"])
    f1 = 2 * precision * recall / (precision + recall)
    print(f"{path.name}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f} ({dict(counts)})")
    print("\n".join(shown[:errors]), end="\n" if errors and shown else "")


def cases(path: Path, splitter: Splitter, errors: int) -> None:
    """Print how many cases of each language are cut exactly as written, and the first that are not."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    shown: list[str] = []
    for case in map(json.loads, read_lines(path)):
        lang, sentences = case["lang"], [sentence.strip() for sentence in case["sentences"]]
        text, gold = joined(sentences, lang)
        total[lang] += 1
        if starts(text, lang, splitter) == gold:
            right[lang] += 1
        else:
            cut = [s.text for s in segment(Cleaned(Document("d", lang, text, ""), text), splitter)]
            shown.append(f"  {lang}: {' ¦ '.join(cut)}")
    print(f"{path.name}: {right.total()} of {total.total()} right;", end=" ")
    print(", ".join(f"{lang} {right[lang]}/{n}" for lang, n in total.items()))
    print("\n".join(shown[:errors]), end="\n" if errors and shown else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--splitter", default="sentencex")
    parser.add_argument("--errors", type=int, default=0, help="errors to show of each file")
    options = parser.parse_args()
    splitter = build("splitter", {"kind": options.splitter})
    for path in options.files:
        measure = cases if path.suffix == ".jsonl" else treebank
        measure(path, splitter, options.errors)


if __name__ == "__main__":
    main()
