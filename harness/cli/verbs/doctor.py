"""`doctor`: what is installed and in reach, and whether a configuration could run."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from harness.common.environment import environment
from harness.common.progress import note

EXAMPLES = """\
examples:
  python -m harness doctor
  python -m harness doctor model=opus-mt pair=fr-en
  python -m harness doctor --config-dir my_conf pair=de-cs data=my_news model=my_model
"""

Finding = tuple[str, str]
_TIMEOUT = 3.0


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="the arguments of a `run`")
    parser.add_argument("--config-dir", type=Path, metavar="DIR", help="your own YAML files, as for `run`")
    parser.add_argument("--offline", action="store_true", help="do not try to reach the hub")


def main(args: argparse.Namespace) -> int:
    """Print what was found. The checks of a configuration raise what `run` would."""
    if args.overrides or args.config_dir:
        from harness.run.check import check_config

        _print(check_config(args.overrides, args.config_dir))
        note("this configuration can run")
        return 0
    for title, rows in (
        ("harness", _versions()),
        ("devices", _devices()),
        ("caches", _caches()),
        ("hub", _hub(args.offline)),
        ("extras", _extras()),
    ):
        print(title)
        _print(rows)
    return 0


def _print(rows: Iterator[Finding]) -> None:
    for name, value in rows:
        print(f"  {name:<32} {value}", flush=True)


def _versions() -> Iterator[Finding]:
    found = environment()
    dirty = ", changed" if found.git_dirty else ""
    commit = f" (commit {found.git_commit[:12]}{dirty})" if found.git_commit else ""
    yield "mt-harness", f"{found.harness}{commit} in {Path(__file__).resolve().parents[2]}"
    yield "python", f"{found.python} in {sys.prefix}, {found.system} {found.machine}"
    for name, number in found.packages.items():
        yield name, str(number)


def _devices() -> Iterator[Finding]:
    yield "cpu", f"{os.cpu_count()} cores"
    try:
        import torch
    except ImportError as error:
        yield "torch", f"cannot be imported: {error}"
        return
    yield "torch threads", str(torch.get_num_threads())
    if not torch.cuda.is_available():
        yield "cuda", "none"
    for index in range(torch.cuda.device_count()):
        card = torch.cuda.get_device_properties(index)
        yield f"cuda:{index}", f"{card.name}, {card.total_memory / 2**30:.1f} GiB"
    if torch.backends.mps.is_available():
        yield "mps", "available"


def _caches() -> Iterator[Finding]:
    from huggingface_hub import constants

    from harness.data.fetch import cache_dir

    sacrebleu = Path(os.environ.get("SACREBLEU") or Path.home() / ".sacrebleu")
    datasets = Path(os.environ.get("HF_DATASETS_CACHE") or Path(constants.HF_HOME) / "datasets")
    places = {
        "models and data of the hub": Path(constants.HF_HUB_CACHE),
        "datasets": datasets,
        "downloads and conversions": cache_dir(),
        "sacreBLEU's test sets": sacrebleu,
    }
    for name, place in places.items():
        size = sum(p.stat().st_size for p in place.rglob("*") if p.is_file() and not p.is_symlink())
        yield name, f"{place} ({size / 2**20:,.0f} MiB)" if place.is_dir() else f"{place} (empty)"
    yield "disk", f"{shutil.disk_usage(Path.home()).free / 2**30:,.0f} GiB free in {Path.home()}"


def _hub(offline: bool) -> Iterator[Finding]:
    from huggingface_hub import constants, get_token

    yield "endpoint", constants.ENDPOINT
    yield "token", "set" if get_token() else "none (gated models and sets need one: hf auth login)"
    if offline or constants.HF_HUB_OFFLINE:
        yield "reachable", "not tried (--offline or HF_HUB_OFFLINE)"
        return
    yield "reachable", _reach(constants.ENDPOINT)


def _reach(url: str) -> str:
    import urllib.error
    import urllib.request

    begin = time.perf_counter()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=_TIMEOUT):
            pass
    except urllib.error.HTTPError:
        pass  # it answers
    except (urllib.error.URLError, OSError) as error:
        why = getattr(error, "reason", error)
        return f"no ({why}); cached models and local folders work: model.path=DIR"
    return f"yes, in {time.perf_counter() - begin:.2f} s"


def _extras() -> Iterator[Finding]:
    for extra, packages in sorted(extras().items()):
        missing = [name for name in packages if not _installed(name)]
        state = "installed" if not missing else f"not installed: pip install 'mt-harness[{extra}]'"
        yield extra, state


def extras() -> dict[str, list[str]]:
    """The optional dependencies, extra → packages: of the installed package, or of the checkout."""
    found: dict[str, list[str]] = {}
    pyproject = Path(__file__).resolve().parents[3] / "pyproject.toml"
    if pyproject.is_file():
        table = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
        return {extra: [_name(line) for line in lines] for extra, lines in table.items() if extra != "dev"}
    for line in requires("mt-harness") or ():
        package, _, marker = line.partition(";")
        if "extra ==" in marker:
            extra = marker.split("extra ==")[1].strip(" '\")")
            if extra != "dev":
                found.setdefault(extra, []).append(_name(package))
    return found


def _name(requirement: str) -> str:
    for index, character in enumerate(requirement):
        if not (character.isalnum() or character in "-_."):
            return requirement[:index]
    return requirement


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
