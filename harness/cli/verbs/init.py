"""`init DIR`: a starter folder of configs and classes that runs as it is."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.common.files import write_atomic
from harness.common.paths import resource
from harness.common.progress import note
from harness.errors import UserError

EXAMPLES = """\
examples:
  python -m harness init my_conf
  python -m harness init my_conf --force
  python -m harness run --config-dir my_conf pair=de-cs data=my_news model=my_model
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("dir", metavar="DIR", help="the folder to write; created if it does not exist")
    parser.add_argument("--force", action="store_true", help="overwrite files of the same name in it")


def main(args: argparse.Namespace) -> int:
    target = Path(args.dir)
    source = resource("starter")
    files = [path for path in sorted(source.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    wanted = [target / path.relative_to(source) for path in files]
    if target.exists() and not target.is_dir():
        raise UserError(f"{target}: is a file; name a folder")
    existing = [path for path in wanted if path.exists()]
    if existing and not args.force:
        raise UserError(f"{existing[0]}: already exists; name another folder, or overwrite it with --force")
    for path, to in zip(files, wanted, strict=True):
        write_atomic(to, path.read_text(encoding="utf-8").replace("{DIR}", str(args.dir).rstrip("/")))
        print(to)
    note(f"next: python -m harness run --config-dir {args.dir} pair=de-cs data=my_news model=my_model")
    return 0
