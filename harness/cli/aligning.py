"""The work of the verb `align`: which files belong together, and the beads of each pair of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.align.gold import GoldCounts, count, read_alignment
from harness.align.golden import Gold
from harness.align.output.writers import Aligned
from harness.align.same import kept
from harness.common.files import normalise_newlines, read_lines, read_text
from harness.common.langid import identify, label
from harness.common.langs import language
from harness.common.paths import is_file, no_such_file
from harness.common.progress import note
from harness.common.texts import has_words
from harness.errors import DataError
from harness.run.counterparts import corresponding, doubt
from harness.run.documents import TextParts, align_pairs, segmented
from harness.types import Bead, Document, Segment
from harness.version import __version__

_MIN_LETTERS = 100  # characters from which a text's language is checked
_SURE = 0.99


@dataclass(frozen=True, slots=True)
class FilePair:
    """Two files to align, and the gold beads if there are any."""

    source: Path
    target: Path
    gold: Path | None = None

    @property
    def name(self) -> str:
        return f"{self.source.stem}--{self.target.stem}"


@dataclass(frozen=True, slots=True)
class Texts:
    """How files become segments: cut by the parts, or (`lines`) one per line as they are."""

    parts: TextParts
    lines: bool

    def read(self, path: Path, lang: str) -> list[Segment]:
        """The segments of a file. Raises DataError for an empty one, or naming a byte that is not UTF-8."""
        if self.lines:
            segments = [Segment(str(path), k, line, 0, 0) for k, line in enumerate(read_lines(path, (lang,)))]
        else:
            text = normalise_newlines(read_text(path, (lang,)))
            if not text.strip():
                raise DataError(f"{path}: the file is empty, there is nothing to align")
            _, (segments,) = segmented([Document(str(path), lang, text, str(path))], self.parts)
        if not any(s.text.strip() for s in segments):
            raise DataError(f"{path}: the file is empty, there is nothing to align")
        if not any(has_words(s.text) for s in segments):
            raise DataError(
                f"{path}: only punctuation or invisible characters, no letter or figure; is this the right"
                " file?"
            )
        return segments


def listed(path: Path) -> list[FilePair]:
    """The pairs of a list: source, target and perhaps gold, tab-separated, relative to the list's folder."""
    pairs = []
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) not in (2, 3) or not fields[0] or not fields[1]:
            raise DataError(
                f"{path}:{number}: expected source, target and optionally gold, separated by tabs"
            )
        files = [path.parent / field for field in fields if field]
        for file in files:
            if not is_file(file):
                raise no_such_file(file, f"{path}:{number}: {file}")
        pairs.append(FilePair(*files))
    if not pairs:
        raise DataError(f"{path}: the list is empty")
    return pairs


def paired(source: Path, target: Path, texts: Texts, src: str, tgt: str) -> list[FilePair]:
    """The files of two folders that correspond, by content; notes those without a counterpart."""
    sides = []
    for folder, lang in ((source, src), (target, tgt)):
        files = sorted(p for p in folder.glob("*.txt") if p.is_file())
        if not files:
            raise DataError(f"{folder}: no .txt file in this folder")
        sides.append([(path, texts.read(path, lang)) for path in files])
    left, right = sides
    found = corresponding([s for _, s in left], [s for _, s in right], texts.parts.encoder)
    for line in (doubt(c, [s for _, s in left], [s for _, s in right]) for c in found):
        if line:
            note(f"warning: {line}")
    pairs = [FilePair(left[c.src][0], right[c.tgt][0]) for c in found if c.accepted]
    for side, used in ((left, {p.source for p in pairs}), (right, {p.target for p in pairs})):
        for path, _ in side:
            if path not in used:
                note(f"no counterpart: {path}")
    if not pairs:
        best = found[0]
        raise DataError(
            f"{source}, {target}: no documents correspond; the nearest are {left[best.src][0].name} and"
            f" {right[best.tgt][0].name} ({best.reason}). To align them anyway: --pairs LIST.tsv"
        )
    return sorted(pairs, key=lambda pair: pair.name)


def align_files(pair: FilePair, texts: Texts, src: str, tgt: str) -> tuple[Aligned, GoldCounts | None]:
    """Align two files, and count what is right where there is gold."""
    left, right = texts.read(pair.source, src), texts.read(pair.target, tgt)
    lines = [s.text for s in left], [s.text for s in right]
    gold = _gold(pair.gold, *lines) if pair.gold else None
    for path, side, lang in ((pair.source, lines[0], src), (pair.target, lines[1], tgt)):
        _check_language(path, side, lang)
    if lines[0] == lines[1]:
        note(f"warning: {pair.source} and {pair.target} hold the same text")
    (beads,) = align_pairs(texts.parts, [(left, right)])
    if src == tgt:
        same, linked = kept(*lines, beads)
        note(
            f"check: {same} sentences are the same in {pair.source} and {pair.target},"
            f" {linked} of them are linked"
        )
    aligned = Aligned(*lines, beads, src, tgt, str(pair.source), str(pair.target), __version__)
    return aligned, count(gold, beads) if gold is not None else None


def _gold(path: Path, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
    """The beads of a gold file of the workbench, or of one in vecalign's format."""
    first = read_lines(path)[:1]
    if first and first[0].startswith("{"):
        return Gold(str(path)).align(src, tgt)
    return read_alignment(path, len(src), len(tgt))


def _check_language(path: Path, lines: Sequence[str], lang: str) -> None:
    """Warn when a text is clearly not in its declared language."""
    text = " ".join(lines)[:5000]
    declared = label(lang)
    if declared is None or len(text) < _MIN_LETTERS:
        return
    found, probability = identify(text)
    if found != declared and probability > _SURE:
        note(
            f"warning: {path}: declared as {language(lang).name}, but it looks like"
            f" {language(found).name} ({found})"
        )
