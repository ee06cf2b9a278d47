"""`align SRC TGT --src fr --tgt pl`: sentence alignment of files that are not part of an experiment."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.common import langs
from harness.common.files import is_dir
from harness.common.progress import bar, note
from harness.errors import ConfigError, DataError, UserError

if TYPE_CHECKING:
    from harness.align.gold import Counts
    from harness.cli.align_files import Job, Tools

EXAMPLES = """\
SRC and TGT are UTF-8 texts: raw, or one segment a line with --segmented. Raw texts are cleaned and split
into sentences first. Two folders are paired by content; a list of pairs can be given instead.

endings of OUT:
  .txt    [0, 1]:[2]:confidence a line (vecalign's format)     .tmx   translation memory, TMX 1.4b
  .tsv    numbers, both texts, confidence, flags                .html  two columns with links
  .jsonl  one object a bead

examples:
  python -m harness align seeds/000*/fr.txt seeds/004*/pl.txt --src fr --tgt pl
  python -m harness align src.txt tgt.txt --src de --tgt fr --segmented --gold gold.txt -o beads.tsv
  python -m harness align french/ polish/ --src fr --tgt pl -o aligned/ --format tmx
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument(
        "source", nargs="?", type=Path, metavar="SRC", help="source text, or a folder of them"
    )
    parser.add_argument("target", nargs="?", type=Path, metavar="TGT", help="target text, or a folder")
    parser.add_argument("--src", required=True, metavar="LANG", help="language of SRC: fr, deu, sr-Cyrl …")
    parser.add_argument("--tgt", required=True, metavar="LANG", help="language of TGT")
    parser.add_argument(
        "--segmented", action="store_true", help="one segment a line: neither clean nor split"
    )
    parser.add_argument("--gold", type=Path, help="the right beads, in vecalign's format: print the scores")
    parser.add_argument(
        "--pairs", type=Path, metavar="LIST.tsv",
        help="pairs of files instead of SRC and TGT: source, target and, if there is one, gold a line",
    )  # fmt: skip
    parser.add_argument(
        "--aligner", default="auto", metavar="NAME", help="auto, comparable, vecalign, gale-church"
    )
    parser.add_argument(
        "--encoder", default="use", metavar="NAME", help="use, labse, e5-small … (conf/encoder)"
    )
    parser.add_argument("--clean", default="rules", metavar="NAME", help="rules or none (conf/clean)")
    parser.add_argument("--splitter", default="sentencex", metavar="NAME", help="conf/splitter")
    parser.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
        help="options of the aligner (temperature=1.2) or, with encoder. before them, of the encoder",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="file, or folder for several documents"
    )
    parser.add_argument(
        "--format", default=None, metavar="END", help="for a folder: txt, tsv (default), jsonl, tmx or html"
    )


def main(args: argparse.Namespace) -> int:
    from harness.cli import align_files as alignjob

    src, tgt = langs.language(args.src).code, langs.language(args.tgt).code
    _check(args)
    tools = alignjob.tools(
        args.aligner, args.encoder, args.clean, args.splitter, _options(args.set), args.segmented
    )
    if args.pairs:
        return _several(args, alignjob.listed(args.pairs), tools, src, tgt)
    if is_dir(args.source):
        return _several(args, alignjob.paired(args.source, args.target, tools, src, tgt), tools, src, tgt)
    job = alignjob.Job(args.source, args.target, args.gold)
    aligned, counts = alignjob.run(job, tools, src, tgt)
    if args.output:
        from harness.align.output.writers import writer
        from harness.common.files import write_atomic

        write_atomic(args.output, writer(args.output)(aligned))
        note(f"{alignjob.summary(aligned)}: {args.output}")
    else:
        alignjob.show(aligned)
    if counts is not None:
        alignjob.show_scores([(job, counts)])
    return 0


def _several(args: argparse.Namespace, jobs: list[Job], tools: Tools, src: str, tgt: str) -> int:
    from harness.align.output.writers import writer
    from harness.cli import align_files as alignjob
    from harness.common.files import write_atomic

    ending = (args.format or "tsv").lstrip(".")
    write = writer(f"OUT.{ending}")
    outputs = [args.output / f"{job.name}.{ending}" for job in jobs]
    if len(set(outputs)) < len(outputs):
        raise DataError(f"two of the pairs would be written to the same file in {args.output}; rename one")
    scored: list[tuple[Job, Counts]] = []
    tools.quiet = True
    with bar("aligning", len(jobs), "documents") as ticker:
        for job, path in zip(jobs, outputs, strict=True):
            aligned, counts = alignjob.run(job, tools, src, tgt)
            write_atomic(path, write(aligned))
            note(f"{alignjob.summary(aligned)}: {path}")
            if counts is not None:
                scored.append((job, counts))
            ticker.advance()
    if scored:
        alignjob.show_scores(scored)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse combinations that cannot be meant, before anything loads."""
    if args.pairs and (args.source or args.target):
        raise UserError("give SRC and TGT, or --pairs LIST.tsv, not both")
    if not args.pairs and not (args.source and args.target):
        raise UserError("two texts are needed: python -m harness align SRC TGT --src LANG --tgt LANG")
    several = bool(args.pairs) or is_dir(args.source)
    if not args.pairs and is_dir(args.source) != is_dir(args.target):
        raise UserError(f"{args.source} and {args.target}: one is a folder, the other is not")
    if several and not args.output:
        raise UserError("several documents: say where to with -o DIR")
    if several and args.gold:
        raise UserError(
            "--gold is for one pair of files; for several, name it in the third column of --pairs"
        )
    if not several and args.output:
        from harness.align.output.writers import writer

        writer(args.output)
    if args.format and not several:
        raise UserError("--format is for several documents; for one, the ending of -o OUT decides")


def _options(pairs: list[str]) -> dict[str, Any]:
    """`key=value` as YAML values. Raises ConfigError for a word without "="."""
    import yaml

    out: dict[str, Any] = {}
    for pair in pairs:
        key, found, value = pair.partition("=")
        if not found or not key:
            raise ConfigError(f"--set {pair}: KEY=VALUE was expected")
        try:
            out[key] = yaml.safe_load(value)
        except yaml.YAMLError:
            raise ConfigError(f"--set {pair}: the value is not valid YAML") from None
    return out
