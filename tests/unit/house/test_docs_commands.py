"""Every documented command exists as written: its arguments are parsed, its config composed."""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import VERBS, main
from harness.cli.verbs import init
from harness.common.parser import Parser
from harness.config.schema import compose
from tests.support.program import ROOT

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("experiments/*/README.md"))]
COMMAND = re.compile(r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:python -m harness|harness) ([a-z-]+(?: .*)?)$")
# Hydra's own flags: they choose what to do with a config, not what is in it.
FLAGS = {"-m", "--multirun", "--debug", "--resolve", "--dry-run"}


def commands(text: str) -> Iterator[str]:
    """The harness commands of a page, with continued lines joined and comments cut off."""
    for line in text.replace("\\\n", " ").splitlines():
        found = COMMAND.match(line)
        if found:
            yield found.group(1).split(" #")[0].split(" > ")[0].split(" | ")[0].split(" && ")[0].strip()


def _module(verb: str) -> Any:
    return importlib.import_module(f"harness.cli.verbs.{verb.replace('-', '_')}")


def all_commands() -> list[str]:
    pages = [command for page in PAGES for command in commands(page.read_text(encoding="utf-8"))]
    examples = [command for verb in VERBS for command in commands(getattr(_module(verb), "EXAMPLES", ""))]
    shipped = commands((ROOT / "conf" / "run.yaml").read_text(encoding="utf-8"))
    return sorted({*pages, *examples, *shipped})


@pytest.mark.parametrize("command", all_commands())
def test_a_documented_command_is_understood(command: str, tmp_path: Path) -> None:
    verb, *words = shlex.split(command)
    assert verb in VERBS, command
    if "--help" in words:
        return
    if verb == "run":
        understand_run(words, tmp_path)
        return
    module = _module(verb)
    parser = Parser(prog=verb)
    module.configure(parser)
    if "--config-dir" not in parser.known_options():  # as the command line adds it to every verb
        parser.add_argument("--config-dir")
    parser.parse_args(words[: words.index("--")] if "--" in words else words)


def understand_run(words: list[str], tmp_path: Path) -> None:
    config_dir = None
    if "--config-dir" in words:
        at = words.index("--config-dir")
        del words[at : at + 2]
        config_dir = tmp_path / "my_conf"
        parser = Parser(prog="init")
        init.configure(parser)
        init.main(parser.parse_args([str(config_dir)]))
    if "--cfg" in words:
        at = words.index("--cfg")
        del words[at : at + 2]
    sweep = bool({"-m", "--multirun"} & set(words))
    overrides = [word for word in words if word not in FLAGS]
    if sweep:  # the first combination
        overrides = [word if "[" in word else word.split(",")[0] for word in overrides]
    assert not [word for word in overrides if word.startswith("-")], words
    overrides = [word for word in overrides if not word.startswith("hydra/launcher=")]
    assert compose([word for word in overrides if not word.startswith("hydra.")], config_dir).pair.src


def test_the_pages_have_commands() -> None:
    assert len(list(commands((ROOT / "README.md").read_text(encoding="utf-8")))) >= 5


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {verb} " in printed for verb in VERBS)
