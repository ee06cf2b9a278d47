"""Stage 2: sentences out of the packages, those that share 13 words with a test set taken out."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from harness.gloss import tables as gloss_tables

from . import corpus
from .collect import write_manifest
from .settings import Settings


def test_texts(root: Path) -> list[str]:
    """Every text that the model must not have seen: the seeds, and the test sets beside the checkout."""
    files = [
        *root.glob("seeds/*/*.txt"),
        *root.glob("../shared/data/**/*.txt"),
        *root.glob("../shared/seeds/*.txt"),
    ]
    return [path.read_text("utf-8", errors="ignore") for path in sorted(files)]


def in_language(sentence: str, tables: gloss_tables.Tables) -> bool:
    """Whether half of the words are in the tables of the language: books are translated in part only."""
    words = re.findall(r"[^\W\d_]+", sentence.lower())
    known = sum(word in tables.words or bool(tables.src.analyse(word)) for word in words)
    return known >= len(words) / 2


def run(settings: Settings, work: Path) -> None:
    """Write work/text/SOURCE.txt, one sentence a line."""
    held = test_texts(Path(__file__).resolve().parents[2])
    folder = work / "text"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    tables = gloss_tables.load(settings.src, settings.tgt)
    for name, sentences in corpus.read(work / "root", settings.src).items():
        shared = set(corpus.overlapping(sentences, held))
        kept = [s for s in sentences if s not in shared and in_language(s, tables)]
        text = "".join(f"{sentence}\n" for sentence in kept)
        (folder / f"{name}.txt").write_text(text, "utf-8")
        rows.append(
            {
                "source": name,
                "sentences": len(kept),
                "words": sum(len(s.split()) for s in kept),
                "dropped_for_overlap": len(shared),
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
            }
        )
    write_manifest(work, text=rows, test_texts_compared=len(held))


def read(work: Path) -> list[str]:
    """All kept sentences, by source name."""
    return [
        line
        for path in sorted((work / "text").glob("*.txt"))
        for line in path.read_text("utf-8").splitlines()
    ]
