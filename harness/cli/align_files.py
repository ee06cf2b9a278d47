"""The work of the verb `align`: read, clean, split, align and score one pair of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import __version__, registry
from harness.common import langs
from harness.common.files import is_file, no_such_file, normalise_newlines, read_lines, read_text
from harness.common.progress import bar, console, note
from harness.common.terminal import visible_line
from harness.errors import DataError
from harness.protocols import Aligner, Encoder, Matrix, Splitter
from harness.types import Bead, Document, Segment

if TYPE_CHECKING:
    from harness.align.gold import Counts
    from harness.align.output.writers import Aligned

LONG = 400  # texts from which encoding shows a progress bar
SHOWN = 64  # texts encoded between two of its steps


@dataclass(frozen=True, slots=True)
class Job:
    """Two files to align, and the gold beads if there are any."""

    source: Path
    target: Path
    gold: Path | None = None

    @property
    def name(self) -> str:
        return f"{self.source.stem}--{self.target.stem}"


class Watched(Encoder):
    """An encoder that shows its progress where there is much to encode."""

    def __init__(self, encoder: Encoder, tools: Tools) -> None:
        self._encoder, self._tools = encoder, tools

    @property
    def identity(self) -> dict[str, Any]:
        return self._encoder.identity

    def encode(self, texts: Sequence[str]) -> Matrix:
        import numpy as np

        if self._tools.quiet or len(texts) < LONG:
            return self._encoder.encode(texts)
        parts = []
        with bar("encoding", len(texts), "texts") as ticker:
            for start in range(0, len(texts), SHOWN):
                parts.append(self._encoder.encode(texts[start : start + SHOWN]))
                ticker.advance(len(parts[-1]))
        return np.concatenate(parts)


class Tools:
    """What every pair shares: the aligner with its encoder, loaded once, and the text stages."""

    aligner: Aligner
    encoder: Encoder
    cleaner: Any = None
    splitter: Splitter | None = None
    quiet: bool = False


def tools(
    aligner: str, encoder: str, clean: str, splitter: str, options: Mapping[str, Any], segmented: bool
) -> Tools:
    """Build everything once. Raises ConfigError or UnavailableError before any text is read."""
    from harness.align import api

    made = Tools()
    own = {key.partition(".")[2]: value for key, value in options.items() if key.startswith("encoder.")}
    rest = {key: value for key, value in options.items() if not key.startswith("encoder.")}
    made.encoder = Watched(api.build_encoder({**api.named("encoder", encoder), **own}), made)
    made.aligner = api.build(aligner, made.encoder, rest)
    if not segmented:
        made.cleaner = registry.build("cleaner", api.named("clean", clean))
        made.splitter = registry.build("splitter", api.named("splitter", splitter))
    return made


def read(path: Path, lang: str, made: Tools) -> list[Segment]:
    """The segments of a file. Raises DataError for an empty one, or with the offset of a byte not UTF-8."""
    if made.splitter is None:
        lines = read_lines(path, (lang,))
        segments = [Segment(str(path), k, line, 0, 0) for k, line in enumerate(lines)]
    else:
        from harness.text.segment import segment

        document = Document(str(path), lang, normalise_newlines(read_text(path, (lang,))), str(path))
        segments = segment(made.cleaner.clean([document])[0], made.splitter)
    if not any(s.text.strip() for s in segments):
        raise DataError(f"{path}: the file is empty, there is nothing to align")
    return segments


def listed(path: Path) -> list[Job]:
    """The jobs of a list: source, target and perhaps gold, tab-separated, relative to the list's folder."""
    jobs = []
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) not in (2, 3) or not fields[0] or not fields[1]:
            raise DataError(
                f"{path}:{number}: source, target and perhaps gold, separated by tabs, were expected"
            )
        files = [path.parent / field for field in fields if field]
        for file in files:
            if not is_file(file):
                raise no_such_file(file, f"{path}:{number}: {file}")
        jobs.append(Job(*files))
    if not jobs:
        raise DataError(f"{path}: the list is empty")
    return jobs


def paired(source: Path, target: Path, made: Tools, src: str, tgt: str) -> list[Job]:
    """The files of two folders that correspond, by content; says which have no counterpart."""
    from harness.align.pairing import pair_documents

    sides = []
    for folder, lang in ((source, src), (target, tgt)):
        files = sorted(p for p in folder.glob("*.txt") if p.is_file())
        if not files:
            raise DataError(f"{folder}: no .txt file in this folder")
        sides.append([(p, [s.text for s in read(p, lang, made) if s.furniture is None]) for p in files])
    left, right = sides
    found = pair_documents([texts for _, texts in left], [texts for _, texts in right], made.encoder)
    jobs = [Job(left[c.src][0], right[c.tgt][0]) for c in found if c.accepted]
    for side, used in ((left, {j.source for j in jobs}), (right, {j.target for j in jobs})):
        for path, _ in side:
            if path not in used:
                note(f"no counterpart: {path}")
    if not jobs:
        best = found[0]
        raise DataError(
            f"{source}, {target}: no documents correspond; the nearest are {left[best.src][0].name} and"
            f" {right[best.tgt][0].name} ({best.reason}). To align them anyway: --pairs LIST.tsv"
        )
    return sorted(jobs, key=lambda job: job.name)


def run(job: Job, made: Tools, src: str, tgt: str) -> tuple[Aligned, Counts | None]:
    """Align one pair of files, and count what is right where there is gold."""
    from harness.align.gold import count, read_alignment
    from harness.align.output.writers import Aligned
    from harness.align.segments import align_segments

    left, right = read(job.source, src, made), read(job.target, tgt, made)
    gold = read_alignment(job.gold, len(left), len(right)) if job.gold else None
    texts = [s.text for s in left], [s.text for s in right]
    for path, lines, lang in ((job.source, texts[0], src), (job.target, texts[1], tgt)):
        _check_language(path, lines, lang)
    if texts[0] == texts[1]:
        note(f"warning: {job.source} and {job.target} hold the same text")
    beads = align_segments(left, right, made.aligner)
    aligned = Aligned(*texts, beads, src, tgt, str(job.source), str(job.target), __version__)
    return aligned, count(gold, beads) if gold is not None else None


def _check_language(path: Path, lines: Sequence[str], lang: str) -> None:
    """Warn when a text is plainly in another language than declared."""
    from harness.common.langid import identify, label

    text = " ".join(lines)[:5000]
    declared = label(lang)
    if declared is None or len(text) < 100:
        return
    found, probability = identify(text)
    if found != declared and probability > 0.99:
        name = langs.language(found).name
        note(f"warning: {path}: declared as {langs.language(lang).name}, but it looks like {name} ({found})")


def summary(aligned: Aligned) -> str:
    """`"15 links, 4 sentences left alone"`."""
    from harness.align.output.page import counted

    return counted(aligned.beads)


def show(aligned: Aligned) -> None:
    """The alignment as a table on stdout."""
    from rich.table import Table
    from rich.text import Text

    def side(texts: Sequence[str], numbers: tuple[int, ...]) -> Text:
        return Text("\n".join(f"{number} {visible_line(texts[number])}" for number in numbers))

    table = Table(show_lines=True)
    table.add_column(aligned.src_lang, ratio=1)
    table.add_column("sure", justify="right")
    table.add_column(aligned.tgt_lang, ratio=1)
    for bead in aligned.beads:
        table.add_row(side(aligned.src, bead.src), _link(bead), side(aligned.tgt, bead.tgt))
    out = console(stderr=False)
    out.print(table)
    note(summary(aligned))


def _link(bead: Bead) -> str:
    sure = "–" if bead.confidence is None else f"{bead.confidence:.2f}"
    return "\n".join([sure, *bead.flags])


def show_scores(scored: Sequence[tuple[Job, Counts]]) -> None:
    """Precision, recall and F1: strict, lax, and of the sentences left alone; over all pairs and of each."""
    from rich.table import Table
    from rich.text import Text

    from harness.align.gold import Counts, score

    def cells(*values: float | None) -> list[str]:
        return ["–" if value is None else f"{value:.3f}" for value in values]

    out = console(stderr=False)
    if len(scored) > 1:
        each = Table("pair", "strict F1", "lax F1", "null F1")
        for job, counts in scored:
            one = score(counts)
            each.add_row(Text(visible_line(job.name)), *cells(one.strict.f1, one.lax.f1, one.null.f1))
        out.print(each)
    values = score(sum((counts for _, counts in scored), Counts()))
    table = Table("against gold", "P", "R", "F1")
    for kind, prf in (("strict", values.strict), ("lax", values.lax), ("null", values.null)):
        table.add_row(kind, *cells(prf.precision, prf.recall, prf.f1))
    out.print(table)
