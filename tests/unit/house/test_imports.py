"""The import rules: what may know what."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

HARNESS = Path(__file__).resolve().parents[3] / "harness"
STAGES = {"data", "text", "align", "encode", "translate", "gloss", "metrics", "realign"}
GROUND = {"types", "protocols", "errors", "registry", "common"}
HEAVY = {"torch", "transformers", "datasets", "hydra", "sacrebleu", "ray"}
KNOWS_HYDRA = {"common/named", "config/arguments", "config/schema", "config/hydra_errors", "cli/verbs/run"}


def _modules() -> list[Path]:
    return sorted(p for p in HARNESS.rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(HARNESS).with_suffix("").as_posix()


def _imports(path: Path, everywhere: bool) -> set[str]:
    """Imported module names; only those run on import unless `everywhere`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not everywhere:
                continue
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test) and not everywhere:
                continue
            if isinstance(child, ast.Import):
                found.update(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom) and child.module:
                found.add(child.module)
                found.update(f"{child.module}.{alias.name}" for alias in child.names)
            visit(child)

    visit(tree)
    return found


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_stages_import_the_base_layer_and_never_each_other(path: Path) -> None:
    stage = _name(path).split("/")[0]
    if stage not in STAGES:
        return
    for name in _imports(path, everywhere=True):
        if name.startswith("harness."):
            part = name.split(".")[1]
            assert part in GROUND | {stage}, f"{_name(path)} imports {name}"


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_only_config_and_run_know_hydra(path: Path) -> None:
    if _name(path) not in KNOWS_HYDRA:
        assert not {n for n in _imports(path, everywhere=True) if n.split(".")[0] in ("hydra", "omegaconf")}


LIGHT = [p for p in _modules() if _name(p).split("/")[0] in GROUND | {"config", "results", "compare", "cli"}]


@pytest.mark.parametrize("path", LIGHT, ids=_name)
def test_ground_floor_and_readers_import_nothing_heavy(path: Path) -> None:
    assert not {n for n in _imports(path, everywhere=False) if n.split(".")[0] in HEAVY}


@pytest.mark.parametrize("verb", ["--help", "list", "compare --help", "report --help"])
def test_light_verbs_load_no_heavy_package(verb: str, tmp_path: Path) -> None:
    code = (
        "import sys, contextlib\n"
        "from harness.cli.main import main\n"
        "with contextlib.suppress(SystemExit):\n"
        f"    main({verb.split()!r})\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(HARNESS.parent)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "[]"


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports for type checkers and those inside functions count too."""
    names = {_dotted(path): path for path in _modules()}
    graph = {name: _modules_imported(path, set(names)) - {name} for name, path in names.items()}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' → '.join(reversed(error.args[1]))}")


def _modules_imported(path: Path, names: set[str]) -> set[str]:
    """Modules of ours that one imports anywhere: `from package import module` is the module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in names else node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found & names


def _dotted(path: Path) -> str:
    return ".".join(["harness", *path.relative_to(HARNESS).with_suffix("").parts]).removesuffix(".__init__")


def test_only_the_command_line_knows_the_command_line_and_configurations_no_run() -> None:
    for path in _modules():
        name = _name(path)
        unknown = () if name.startswith("cli/") or name == "__main__" else ("harness.cli",)
        unknown = (*unknown, "harness.run") if name.startswith("config/") else unknown
        assert not {n for n in _imports(path, everywhere=True) if n.startswith(unknown)}, name


def test_at_most_ten_modules_lie_at_the_root() -> None:
    assert len(list(HARNESS.glob("*.py"))) <= 10


def test_no_module_is_a_hub() -> None:
    sizes = {_name(p): len(p.read_text(encoding="utf-8").splitlines()) for p in _modules()}
    assert not {name: size for name, size in sizes.items() if size > 350}
    assert median(sizes.values()) <= 110
