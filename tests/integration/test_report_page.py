"""The report in a real browser, with mouse and keyboard; hostile text does nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.common.files import write_json
from tests.support.browser import browser, why_not
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses
from tests.support.program import wait_until

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

HOSTILE = [
    '</script><script>document.title="pwned"</script>',
    '<img src=x onerror="document.title=1">',
    "<svg onload=alert(1)>",
    "‮evil‬ \x1b[31m\x00",
    "a & b < c > d \" ' `${1}`",
]
N = 60


def alignment(sources: list[str]) -> dict[str, Any]:
    def side(name: str, lang: str, texts: list[str]) -> dict[str, Any]:
        segments = [{"text": text, "furniture": "byline" if k == 2 else None} for k, text in enumerate(texts)]
        return {"id": name, "lang": lang, "segments": segments}

    beads = [
        {"src": [0, 1], "tgt": [0], "shape": "2-1", "score": 1.0, "confidence": 0.93, "flags": ["partial"]},
        {"src": [2], "tgt": [], "shape": "1-0", "score": 0.0, "confidence": None, "flags": []},
        {"src": [3], "tgt": [1, 2], "shape": "1-2", "score": 1.0, "confidence": 0.41, "flags": []},
    ]
    documents = [
        {"src": side("doc-fr", "fr", sources[:4]), "tgt": side("doc-pl", "pl", HOSTILE[:3]), "beads": beads}
    ]
    return {"documents": documents, "candidates": []}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("report")
    _, _, references = corpus(N)
    sources = [f"source {i} Président" for i in range(N)]
    sources[3] = HOSTILE[0]
    beads = [
        {"src": [i], "tgt": [i], "shape": "1-1", "score": 1.0, "confidence": 0.3 + 0.01 * i, "flags": []}
        for i in range(N)
    ]
    for number, (model, loss) in enumerate((("good", 0.1), ("poor", 0.6), (HOSTILE[1], 0.4))):
        outputs = hypotheses(references, 3, loss)
        if number == 2:
            outputs[: len(HOSTILE)] = HOSTILE
        write_run(root, f"2026-{number}", model, outputs, references, sources=sources, beads=beads,
                  health=[["empty"] if i == 7 else [] for i in range(N)])  # fmt: skip
        write_json(root / "runs" / f"2026-{number}" / "alignment.json", alignment(sources))
    earlier = hypotheses(references, 5, 0.3)
    write_run(root, "2025-0", "good", earlier, references, sources=sources, beads=beads)
    out = root / "report.html"
    assert (
        main(["report", "--results", str(root), "-o", str(out), "--samples", "100", "--title", HOSTILE[0]])
        == 0
    )
    return out


@pytest.fixture(scope="module")
def driver(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("browser")
    with browser(folder) as chromium:
        chromium.downloads = folder / "downloads"
        yield chromium


def opened(driver: Any, page: Path) -> Any:
    driver.get(page.as_uri())
    until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes")
    driver.execute_script("document.getElementById('segments').scrollIntoView()")
    until(lambda: len(driver.find_elements("css selector", "button.row")) == 50)
    return driver


def until(condition: Any) -> None:
    """Wait for a state of the page, which may be drawn anew while it is looked at."""
    from selenium.common.exceptions import StaleElementReferenceException

    def there() -> Any:
        with contextlib.suppress(StaleElementReferenceException):
            return condition()

    wait_until(there)


def texts(driver: Any, selector: str) -> list[str]:
    return [node.text for node in driver.find_elements("css selector", selector)]


def silent(driver: Any) -> None:
    """No error, warning or policy violation in the console; nothing was run."""
    assert [entry["message"] for entry in driver.get_log("browser") if entry["level"] != "INFO"] == []
    assert driver.title == HOSTILE[0], "the title is the one given, as text"


def test_sort_by_header_with_the_keyboard(driver, page) -> None:
    opened(driver, page)
    table = "#results-body table:first-of-type"
    header = driver.find_elements("css selector", f"{table} thead button")
    first = texts(driver, f"{table} tbody th")
    assert first[0] == "good"
    assert "nrefs:1" in header[1].get_attribute("title")
    header[1].send_keys("\n")
    until(lambda: texts(driver, f"{table} tbody th")[:3] == first[:3][::-1])
    cells = driver.find_elements("css selector", f"{table} thead th")
    assert cells[1].get_attribute("aria-sort") == "ascending"
    silent(driver)


def test_search_filter_and_open_a_segment(driver, page) -> None:
    opened(driver, page)
    search = driver.find_element("id", "search")
    search.send_keys("source 12 président")
    until(lambda: len(driver.find_elements("css selector", "button.row")) == 1)
    driver.find_element("css selector", "button.row").click()
    detail = driver.find_element("css selector", "dl.detail")
    assert "source 12 Président" in detail.text
    assert len(detail.find_elements("css selector", "dd[data-system]")) == 3
    assert detail.find_elements("css selector", "mark")
    search.clear()
    driver.execute_script("arguments[0].dispatchEvent(new Event('input'))", search)
    flag = next(s for s in driver.find_elements("css selector", "#segments select") if "empty" in s.text)
    flag.send_keys("empty")
    until(lambda: texts(driver, "button.row > span:first-child") == ["made-0007"])
    silent(driver)


def test_arrow_keys_and_escape(driver, page) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(driver, page)
    rows = driver.find_elements("css selector", "button.row")
    rows[0].send_keys(Keys.ARROW_DOWN)
    assert driver.switch_to.active_element.get_attribute("data-k") == "1"
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert driver.switch_to.active_element.get_attribute("aria-expanded") == "true"
    driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not driver.find_elements("css selector", "dl.detail")
    silent(driver)


def test_hostile_text_is_shown_and_does_nothing(driver, page) -> None:
    opened(driver, page)
    for index in (0, 1, 2, 3):
        driver.find_element("css selector", f'button.row[data-k="{index}"]').click()
        shown = texts(driver, "dl.detail dd")[-1]
        wanted = HOSTILE[index] if index < 3 else "⟨U+202E⟩evil⟨U+202C⟩ ⟨U+001B⟩[31m⟨U+0000⟩"
        assert shown == wanted
    assert driver.find_elements("css selector", "main img, dl.detail svg, main iframe") == []
    silent(driver)


def test_alignment_viewer(driver, page) -> None:
    opened(driver, page)
    rows = texts(driver, "table.beads tbody tr")
    assert len(rows) == 3
    assert "partial" in rows[0]
    assert "0.93" in rows[0]
    assert "not aligned" in rows[1]
    assert "byline" in rows[1]
    assert HOSTILE[1] in rows[2]
    assert any("the order holds" in line for line in texts(driver, "#alignment-body li"))
    silent(driver)


@pytest.mark.parametrize("chart", ["intervals", "pairs", "alignment", "power", "history"])
def test_charts_are_drawn_and_saved(driver, page, chart) -> None:
    opened(driver, page)
    figure = driver.find_element("css selector", f'figure[data-chart="{chart}-bleu"]')
    assert len(figure.find_elements("css selector", "svg text")) > 3
    for button, start in zip(
        figure.find_elements("css selector", "button"), (b"<svg", b"\x89PNG"), strict=True
    ):
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        file = driver.downloads / f"{chart}-bleu.{'svg' if start == b'<svg' else 'png'}"
        until(lambda file=file: file.exists() and file.stat().st_size > 1000)
        assert file.read_bytes().startswith(start)
    silent(driver)


def test_metric_choice_redraws(driver, page) -> None:
    opened(driver, page)
    driver.find_element("css selector", "#choose select").send_keys("TER")
    until(lambda: driver.find_elements("css selector", 'figure[data-chart="intervals-ter"]'))
    assert texts(driver, "#results-body h3") == ["TER against good"]
    silent(driver)


def test_dark_and_print(page, tmp_path) -> None:
    with browser(tmp_path, dark=True) as driver:
        opened(driver, page)
        back = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert max(int(part) for part in back[4:-1].split(",")) < 60
        pdf = driver.execute_cdp_cmd("Page.printToPDF", {})["data"]
        assert len(pdf) > 10_000
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        shown = driver.execute_script("return getComputedStyle(document.querySelector('nav')).display")
        assert shown == "none"
        silent(driver)
