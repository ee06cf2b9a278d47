"""Every link of the documentation leads somewhere, in the repository and on the site."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.support.program import ROOT
from tests.unit.house.test_docs_commands import PAGES

LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
EVERY = [*PAGES, ROOT / "results/README.md", ROOT / "seeds/README.md"]


def anchors(page: Path) -> set[str]:
    """The anchors of a page as GitHub makes them from its headings."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    plain = [re.sub(r"[^\w\- ]", "", head.lower()).strip() for head in heads]
    return {head.replace(" ", "-") for head in plain}


@pytest.mark.parametrize("page", EVERY, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(target)
    assert not broken


@pytest.fixture(scope="module")
def site() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_site", ROOT / ".ci/docs_site.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("place", "markdown", "wanted"),
    [
        ("index.md", "[a](docs/data.md#files)", "[a](data.md#files)"),
        ("index.md", "![p](docs/report.png)", "![p](report.png)"),
        ("data.md", "[r](../results/README.md)", "[r](results/README.md)"),
        ("results/README.md", "[d](../docs/data.md)", "[d](../data.md)"),
        ("extending.md", "[t](../harness/types.py)", "t (`harness/types.py`)"),
        ("experiments/throughput/README.md", "[e](../../docs/models.md)", "[e](../../models.md)"),
    ],
)
def test_links_of_the_site(site, place, markdown, wanted) -> None:
    assert site.rewritten(markdown, place) == wanted


def test_a_link_to_nothing_is_a_warning(site, caplog) -> None:
    site.rewritten("[x](nowhere.md)", "data.md")
    assert "docs/data.md: the link to nowhere.md leads nowhere" in caplog.text


def test_every_page_is_in_the_menu(site) -> None:
    def leaves(node: object) -> list[str]:
        if isinstance(node, dict | list):
            values = node.values() if isinstance(node, dict) else node
            return [leaf for value in values for leaf in leaves(value)]
        return [str(node)]

    menu = leaves(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    pages = {page.name for page in ROOT.glob("docs/*.md")} | set(site.OUTSIDE.values())
    assert sorted(menu) == sorted(pages)


def test_the_reference_names_what_exists() -> None:
    for name in re.findall(r"^::: (\S+)$", (ROOT / "docs/api.md").read_text(encoding="utf-8"), re.M):
        module, _, attribute = name.rpartition(".")
        whole = importlib.util.find_spec(name) if "load" not in name and "align" not in name else None
        assert whole or hasattr(importlib.import_module(module), attribute), name
