"""What a reader must see on every page, on a screen and on a telephone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.common.files import write_json
from tests.integration.test_report_page import texts, until
from tests.support.browser import browser, why_not
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses
from tests.support.program import run_harness
from tests.support.workbench import workbench

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
N = 30
LONG = (
    "the server answered 503 Service Unavailable for 20 of 20 segments: the model is loading, try again later"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "results"
    _, _, references = corpus(N)
    for k, (name, loss) in enumerate((("good", 0.1), ("lazy", 0.6))):
        health = [["copied"]] * N if name == "lazy" else None
        run = f"20261128-07000{k}-0000000{k}"
        write_run(folder, run, name, hypotheses(references, 3, loss), references, health=health)
    failed = folder / "runs" / "20261128-070009-00000009"
    failed.mkdir()
    write_json(
        failed / "error.json", {"stage": "translate", "type": "X", "message": LONG, "run_id": failed.name}
    )
    made = run_harness("campaign", "c", "--annotators", "ann", "--segments", "3", cwd=folder.parent)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    with workbench(root) as (found, _):
        yield found


@pytest.fixture(params=[1400, 400])
def page(request: pytest.FixtureRequest, address: str, tmp_path: Path) -> Iterator[tuple[Any, str, int]]:
    with browser(tmp_path, width=max(request.param, 500)) as driver:
        size = {"width": request.param, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        shown(driver, address)
        yield driver, address.split("?")[0], request.param


def shown(driver: Any, address: str, state: str = "yes") -> None:
    driver.get(address)
    until(lambda: driver.execute_script("return document.body.dataset.ready") == state)


def right_edge(driver: Any, css: str) -> float:
    edges = "[...document.querySelectorAll(arguments[0])].map((n) => n.getBoundingClientRect().right)"
    script = f"return Math.max(...{edges})"
    return float(driver.execute_script(script, css))


def lines_of(driver: Any, css: str) -> float:
    """The most lines that a text of these elements takes."""
    script = """return Math.max(...[...document.querySelectorAll(arguments[0])].map((n) => {
      const range = document.createRange(); range.selectNodeContents(n);
      return new Set([...range.getClientRects()].map((r) => Math.round(r.top / 8))).size; }))"""
    return float(driver.execute_script(script, css))


def test_scores_health_and_reasons_are_there_without_scrolling(page: tuple[Any, str, int]) -> None:
    driver, _, width = page
    body = texts(driver, ".runs tbody tr")
    assert any("‼ 30 copied" in row for row in body)
    assert any(LONG in " ".join(row.split()) for row in body), "the reason is whole"
    for css in (".runs td.health", ".runs td.n", ".runs td.why"):
        assert right_edge(driver, css) <= width, css


def test_a_system_that_does_not_translate_stands_out(page: tuple[Any, str, int]) -> None:
    driver, base, _ = page
    shown(driver, f"{base}compare")
    tables = driver.find_elements("css selector", "#results table")
    assert [t.text.count("‼") for t in tables] == [1, 1]
    assert len(driver.find_elements("css selector", "#results .flag.grave")) == 1
    driver.find_element("xpath", "//button[.='Open or close all']").click()
    assert driver.find_element("css selector", "#segments-body").text.count("green: words") == 1, (
        "the legend, once"
    )


def test_an_error_is_not_still_being_compared(page: tuple[Any, str, int]) -> None:
    driver, base, _ = page
    shown(driver, f"{base}compare?runs=nothing", "failed")
    assert "no run 'nothing'" in driver.find_element("id", "problem").text
    assert "comparing…" not in driver.find_element("css selector", "main").text
    shown(driver, f"{base}compare?runs=pair%3Dfr-pl+data%3Dmade&metric=chrf+bleu")
    assert "BLEU" in driver.find_element("css selector", "#results table").text


def test_numbers_dates_and_ids_are_not_broken(page: tuple[Any, str, int]) -> None:
    driver, base, width = page
    shown(driver, f"{base}history")
    cells = "th" if width == 400 else "th, td:nth-child(2)"
    assert lines_of(driver, ", ".join(f"tbody {part.strip()}" for part in cells.split(","))) == 1
    assert lines_of(driver, "tbody td.n") == 1


def test_the_link_of_an_annotator_is_one_line_with_a_button_that_copies_it(
    page: tuple[Any, str, int],
) -> None:
    driver, base, width = page
    shown(driver, f"{base}campaigns")
    link = driver.find_element("css selector", "a.judge")
    assert link.get_attribute("href").startswith(f"{base}judge/c/")
    assert link.size["height"] < 32 and right_edge(driver, ".copied button") <= width
    driver.execute_script(
        "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }"
    )
    driver.find_element("css selector", ".copied button").click()
    until(lambda: driver.execute_script("return window.copied") == link.get_attribute("href"))


def test_a_run_has_the_names_of_the_other_pages(page: tuple[Any, str, int], root: Path) -> None:
    driver, base, _ = page
    run = "20261128-070000-00000000"
    shown(driver, f"{base}run/{run}")
    scores = texts(driver, "#scores tbody th")
    assert "BLEU ↑" in scores and "chrF2 ↑" in scores and "TER ↓" in scores
    record = json.loads((root / "runs" / run / "record.json").read_text(encoding="utf-8"))
    assert record["model"]["name"] == record["model"]["id"] or record["model"]["id"] is None
