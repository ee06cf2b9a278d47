"""`fetch`: download a model for a pair, so that a run (here or on a copy of the cache) needs no network."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.common.progress import note
from harness.errors import ConfigError

EXAMPLES = """\
examples:
  python -m harness fetch model=opus-mt
  python -m harness fetch model=opus-mt pair=pl-fr --dry-run
  python -m harness fetch model=nllb-600m model.revision=main
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument(
        "overrides", nargs="+", metavar="GROUP=OPTION", help="model=NAME and, as for run, pair=…, model.KEY=…"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be downloaded, and stop")
    parser.add_argument("--config-dir", type=Path, metavar="DIR", help="your own YAML files")


def main(args: argparse.Namespace) -> int:
    from harness.common.langs import language
    from harness.config.schema import compose
    from harness.translate.checkpoints.checkpoint import cache_folder, cached, hub_id
    from harness.translate.checkpoints.download import listing, megabytes
    from harness.translate.checkpoints.families import check_listed, family
    from harness.translate.checkpoints.locate import locate
    from harness.translate.engines.prompted import TOKENIZER_FILES
    from harness.translate.prompts import CHAT_FAMILIES

    if not any(item.startswith("model=") for item in args.overrides):
        raise ConfigError("which model? For example: python -m harness fetch model=opus-mt")
    config = compose(args.overrides, args.config_dir)
    model, src, tgt = config.model, config.pair.src, config.pair.tgt
    if not model.get("id"):
        note(f"model '{model.get('name')}' has nothing to download")
        return 0
    check_listed(model, language(src), language(tgt))
    files: tuple[tuple[str, ...], ...] = TOKENIZER_FILES
    if model.get("family") not in CHAT_FAMILIES:
        kind = family(model)
        kind.recipe(str(model.get("name")), language(src), language(tgt), None)
        files = kind.tokenizer_files
    name = hub_id(model, src, tgt)
    here = cached(name, model.get("revision"), files, bool(model.get("pickle")))
    if here is not None:
        print(here)
        note(f"{name} is here already (commit {here.name})")
        return 0
    if args.dry_run:
        found = listing(model, name, src, tgt)
        for file, size in sorted(found.files.items()):
            print(f"{megabytes(size):>10}  {file}")
        note(f"{name}: {megabytes(found.size)} would go to {cache_folder(name)}")
        return 0
    checkpoint = locate({**model, "path": None}, src, tgt, files)
    print(checkpoint.path)
    note(f"{name} is here now (commit {checkpoint.commit}); to use it elsewhere, copy {cache_folder(name)}")
    return 0
