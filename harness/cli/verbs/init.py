"""`init DIR`: a starter folder of configs and classes that runs as it is."""

from __future__ import annotations

import argparse
import re
import shlex
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
    typed = shlex.quote(args.dir)
    for path, to in zip(files, wanted, strict=True):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".yaml":  # runs from any folder
            text = re.sub(r"\{DIR\}(\S*)", lambda found: _yaml(f"{target.resolve()}{found[1]}"), text)
        write_atomic(to, text.replace("{DIR}", typed))
        print(to)
    note(f"next: python -m harness run --config-dir {typed} pair=de-cs data=my_news model=my_model")
    return 0


def _yaml(text: str) -> str:
    """A text as YAML and OmegaConf, which fills in `${…}`, read it back; plain where that is the same."""
    if re.fullmatch(r"[\w./-]+", text):
        return text
    return "'" + text.replace("'", "''").replace("${", "\\${") + "'"
