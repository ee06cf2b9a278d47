"""The report page at several widths, on paper, and by its address: what a reader sees of sixteen systems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from tests.integration.test_report_page import texts, until
from tests.support.browser import browser, why_not
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

N = 120
SYSTEMS = [f"Some-Laboratory/translation-system-{k}" for k in range(14)]
TABLE = "#results-body > div:nth-of-type({}) table"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("views")
    sources, _, references = corpus(N)
    health = [["length-ratio", "wrong-language", "copied"] if i == 7 else [] for i in range(N)]
    for number, name in enumerate(SYSTEMS):
        outputs = hypotheses(references, number, 0.2 + 0.02 * number)
        write_run(root, f"2026-{number:02d}", name, outputs, references, health=health)
    write_run(root, "2026-14", "reference", [r[0] for r in references], references, engine="reference")
    write_run(root, "2026-15", "copy", sources, references, engine="copy")
    out = root / "report.html"
    assert main(["report", "--results", str(root), "-o", str(out), "--samples", "200"]) == 0
    return out


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browser(tmp_path_factory.mktemp("browser")) as chromium:
        yield chromium


def opened(driver: Any, page: Path, width: int = 1360, fragment: str = "") -> Any:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.get("about:blank")
    driver.get(page.as_uri() + fragment)
    until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes")
    return driver


def test_the_significance_table_fits_a_common_screen(driver, page) -> None:
    opened(driver, page)
    boxes = driver.find_elements("css selector", "#results-body .scroll")
    assert len(boxes) == 2
    for box in boxes:
        assert driver.execute_script("return arguments[0].scrollWidth <= arguments[0].clientWidth", box)


@pytest.mark.parametrize("width", [1400, 800, 400])
def test_the_page_itself_is_never_wider_than_the_window(driver, page, width) -> None:
    opened(driver, page, width)
    root = "document.documentElement"
    assert driver.execute_script(f"return {root}.scrollWidth <= {root}.clientWidth")


def test_the_first_column_stays_while_a_table_is_scrolled(driver, page) -> None:
    opened(driver, page, 400)
    box = driver.find_elements("css selector", "#results-body .scroll")[1]
    driver.execute_script("arguments[0].scrollLeft = 300", box)
    place = "const r = arguments[0].getBoundingClientRect(); return r.left"
    name = box.find_element("css selector", "tbody th")
    assert abs(driver.execute_script(place, name) - driver.execute_script(place, box)) < 1
    other = box.find_element("css selector", "tbody td")
    assert driver.execute_script(place, other) < driver.execute_script(place, name)


def test_health_labels_fit_800_pixels(driver, page) -> None:
    opened(driver, page, 800)
    flags = driver.find_elements("css selector", "#results-body .flag")
    assert flags
    for flag in flags:
        assert driver.execute_script("return arguments[0].getBoundingClientRect().right", flag) <= 800


def test_names_are_not_broken_inside_words(driver, page) -> None:
    opened(driver, page, 800)
    lines = driver.execute_script(
        """const found = [];
        for (const node of document.querySelectorAll('#results-body tbody th .text')) {
          const text = node.firstChild, range = document.createRange();
          for (let k = 1; k < text.length; k++) {
            range.setStart(text, k - 1); range.setEnd(text, k + 1);
            const tops = [...range.getClientRects()].map((r) => r.top);
            if (Math.max(...tops) - Math.min(...tops) > 5) found.push(text.data.slice(k - 1, k + 1));
          }
        }
        return found;"""
    )
    assert all(not (pair[0].isalnum() and pair[1].isalnum()) for pair in lines), lines


def test_controls_do_not_stretch_the_axis(driver, page) -> None:
    opened(driver, page)
    figure = driver.find_element("css selector", 'figure[data-chart="intervals-bleu"]')
    dots = figure.find_elements("css selector", "svg circle")
    assert len(dots) == len(SYSTEMS)
    places = [driver.execute_script("return arguments[0].getBoundingClientRect().left", dot) for dot in dots]
    width = figure.find_element("css selector", "svg").size["width"]
    assert max(places) - min(places) > 0.3 * width
    assert "beyond the axis, by an arrow: reference, copy" in figure.text
    assert "100.00 ►" in figure.text


SMALLEST = """return [...document.querySelectorAll('#charts-body svg')].flatMap((svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return [...svg.querySelectorAll('text')].map((t) => scale * parseFloat(getComputedStyle(t).fontSize));
}).reduce((a, b) => Math.min(a, b))"""
CUT = """return [...document.querySelectorAll('#charts-body svg')].flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((t) => {
    const own = t.getBoundingClientRect();
    return own.left < box.left - 2 || own.right > box.right + 2;
  }).map((t) => `${svg.closest('figure').dataset.chart}: ${t.textContent}`);
})"""


@pytest.mark.parametrize("width", [1400, 800, 400])
def test_letters_in_charts_are_neither_small_nor_cut(driver, page, width) -> None:
    opened(driver, page, width)
    assert driver.execute_script(SMALLEST) >= 9
    assert driver.execute_script(CUT) == []


def test_the_chart_of_an_alignment_is_whole_on_a_phone(driver, tmp_path) -> None:
    root = tmp_path / "documents"
    references = corpus(N)[2]
    made = {"shape": "1-1", "score": 1.0}
    beads = [
        {**made, "src": [k], "tgt": [k], "confidence": 0.4 + k / 300, "flags": [] if k % 9 else ["partial"]}
        for k in range(N)
    ]
    for number, name in enumerate(SYSTEMS[:3]):
        write_run(root, f"2026-{number}", name, hypotheses(references, number, 0.3), references, beads=beads)
    out = tmp_path / "report.html"
    assert main(["report", "--results", str(root), "-o", str(out), "--samples", "200"]) == 0
    for width in (1400, 400):
        opened(driver, out, width)
        assert driver.find_elements("css selector", 'figure[data-chart="alignment-bleu"] svg')
        assert driver.execute_script(SMALLEST) >= 9
        assert driver.execute_script(CUT) == [], width


def test_charts_follow_the_width_of_the_window(driver, page) -> None:
    opened(driver, page, 1400)
    size = {"width": 400, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    svg = 'figure[data-chart="intervals-bleu"] svg'
    until(lambda: driver.find_element("css selector", svg).size["width"] < 400)
    assert driver.execute_script(SMALLEST) >= 9


def test_the_heat_map_has_a_legend_and_says_differences_or_p(driver, page) -> None:
    opened(driver, page)
    figure = driver.find_element("css selector", 'figure[data-chart="pairs-bleu"]')
    assert "row worse" in figure.text and "not separated" in figure.text
    cells = len(SYSTEMS) + 2
    assert len([t for t in figure.text.split() if t.isdigit() and 1 <= int(t) <= cells]) >= 2 * cells - 1
    figure.find_element("css selector", "select").send_keys("p-values")
    until(lambda: ".005" in texts(driver, 'figure[data-chart="pairs-bleu"] svg')[0])
    assert "cells=p" in driver.current_url


def test_bold_is_the_best_system_and_never_the_reference(driver, page) -> None:
    opened(driver, page)
    rows = driver.find_elements("css selector", f"{TABLE.format(1)} tbody tr")
    bold = {row.find_element("css selector", "th").text for row in rows
            if row.find_elements("css selector", "td.best")}  # fmt: skip
    assert "reference" not in bold and bold
    assert any("†" in row.text for row in rows)


def test_the_address_holds_metric_filter_and_segment(driver, page) -> None:
    opened(driver, page, fragment="#metric=ter&q=source+7&segment=made-0077&a=copy&sort=spread")
    assert texts(driver, "#results-body h3")[0].startswith("TER against")
    assert driver.find_element("id", "search").get_attribute("value") == "source 7"
    assert texts(driver, "button.row[aria-expanded=true] .id") == ["made-0077"]
    driver.find_element("css selector", "button.row[aria-expanded=false]").click()
    assert "segment=made-0007" in driver.current_url or "segment=made-007" in driver.current_url
    driver.find_element("css selector", 'nav a[href="#charts"]').click()
    assert "metric=ter" in driver.current_url, "a link of the page leaves the state alone"


def test_a_picker_of_many_systems_is_searched(driver, page) -> None:
    opened(driver, page)
    box = driver.find_elements("css selector", "#segments input.picker")[1]
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    box.click()
    box.send_keys("system-11\t")
    until(lambda: "b=Some-Laboratory%2Ftranslation-system-11" in driver.current_url)
    assert box.get_attribute("value") == SYSTEMS[11]
    box.click()
    box.send_keys("no such system\t")
    assert box.get_attribute("value") == SYSTEMS[11], "what is no system changes nothing"


def test_every_column_and_the_segments_are_on_paper(driver, page) -> None:
    opened(driver, page)
    assert len(driver.find_elements("css selector", "button.row")) == 50, "drawn before anyone scrolls there"
    driver.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    size = {"width": 718, "height": 1000, "deviceScaleFactor": 1, "mobile": False}  # A4 less its margins
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    right = "return arguments[0].getBoundingClientRect().right"
    for cell in driver.find_elements("css selector", "#results-body thead th"):
        assert driver.execute_script(right, cell) <= 718
    assert "judges agree" in texts(driver, TABLE.format(2) + " thead th")[-1]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_where_systems_differ_is_shown_and_kept_in_the_address(driver, page) -> None:
    opened(driver, page, fragment="#kind=frequency+of+words&metric=chrf")
    kinds = driver.find_element("css selector", "#kinds select")
    assert {"health", "frequency of words"} <= set(kinds.text.split("\n"))
    head = texts(driver, "#kinds thead th")
    assert head[0] == "occurrences" and head[-1] == "p (max-t)"
    assert len(driver.find_elements("css selector", "#kinds tbody tr")) % (len(SYSTEMS) + 2) == 0
    kinds.send_keys("health")
    until(lambda: texts(driver, "#kinds h3") == ["chrF2 by health"])
    assert "kind=" not in driver.current_url or "kind=health" in driver.current_url


def test_ngrams_of_any_two_systems(driver, page) -> None:
    opened(driver, page)
    one, other = SYSTEMS[3], SYSTEMS[12]
    opened(driver, page, fragment=f"#x={one}&y={other}")
    assert texts(driver, "#ngrams h4") == [
        f"What {one} gets right and {other} does not",
        f"What {other} gets right and {one} does not",
    ]
    rows = driver.find_elements("css selector", "#ngrams table:first-of-type tbody tr")
    counts = [[int(cell.text) for cell in row.find_elements("css selector", "td")] for row in rows]
    assert rows and all(right > wrong and references >= right for references, right, wrong in counts)
