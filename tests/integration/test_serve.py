"""The workbench as a process of its own, and its pages in a real browser."""

from __future__ import annotations

import http.client
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.common.files import write_json
from harness.results.live import journal
from tests.integration.test_report_page import HOSTILE, alignment, texts, until
from tests.support.browser import browser, why_not
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses
from tests.support.program import PATIENCE, run_harness
from tests.support.workbench import workbench

N = 120
chromium = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    _, _, references = corpus(N)
    sources = [f"source {i} Président" for i in range(N)]
    sources[3] = HOSTILE[0]
    for number, (model, loss) in enumerate((("good", 0.1), ("poor", 0.6), (HOSTILE[1], 0.4))):
        outputs = hypotheses(references, 3, loss)
        if number == 2:
            outputs[: len(HOSTILE)] = HOSTILE
        write_run(folder, f"2026-{number}", model, outputs, references, sources=sources,
                  tag=HOSTILE[2] if number == 2 else None)  # fmt: skip
        write_json(folder / "runs" / f"2026-{number}" / "alignment.json", alignment(sources))
    return folder


def test_ctrl_c_ends_it_cleanly_while_a_browser_is_connected(root: Path) -> None:
    with workbench(root) as (address, process):
        assert address.startswith("http://127.0.0.1:") and "/?token=" in address
        where = address.split("/")[2]
        connection = http.client.HTTPConnection(where)
        connection.request("GET", "/api/runs", headers={"Host": where})
        answer = connection.getresponse()
        assert answer.status == 403 and b"holds the key" in answer.read()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0 and "Traceback" not in err
        assert err.strip().splitlines()[-1] == "harness serve: ended"


@pytest.mark.parametrize(
    ("folder", "said"), [("nowhere", "does not exist yet"), ("empty", "has no runs yet")]
)
def test_a_store_without_runs_is_named_in_one_line(tmp_path: Path, folder: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    with workbench(tmp_path / folder) as (address, process):
        assert address.startswith("http://")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    lines = [line for line in err.splitlines() if said in line]
    assert len(lines) == 1 and str(tmp_path / folder) in lines[0] and "--results" in lines[0]
    assert process.returncode == 0 and not (tmp_path / "nowhere").exists()


def test_a_store_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run_harness("serve", "--results", str(tmp_path / "file"), cwd=tmp_path)
    assert done.returncode == 2 and "is not a folder" in done.stderr and done.stderr.count("\n") == 1


def test_sigterm_and_a_port_that_is_taken(root: Path) -> None:
    with workbench(root) as (address, process):
        port = address.split("/")[2].partition(":")[2]
        done = run_harness("serve", "--results", str(root), "--port", port, cwd=root)
        assert done.returncode == 1 and f"port {port} of 127.0.0.1" in done.stderr
        assert done.stderr.count("\n") == 1
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 143 and "terminated" in err and "Traceback" not in err


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[str]:
    with workbench(root) as (address, _):
        yield address


@pytest.fixture(scope="module")
def driver(served: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("browser")
    with browser(folder) as found:
        found.downloads = folder / "downloads"
        found.get(served)
        found.base = served.split("/?")[0]
        yield found


def opened(driver: Any, path: str) -> Any:
    driver.get("about:blank")  # or a change of what is behind # would load nothing
    driver.get(driver.base + path)
    until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes")
    return driver


def silent(driver: Any) -> None:
    assert [entry["message"] for entry in driver.get_log("browser") if entry["level"] != "INFO"] == []
    assert driver.title not in ("1", "pwned")


@chromium
def test_choose_runs_in_the_list_and_compare_them(driver: Any) -> None:
    opened(driver, "/")
    assert "token" not in driver.current_url
    assert texts(driver, "tbody th") == ["2026-2", "2026-1", "2026-0"]
    row = driver.find_element("css selector", 'tr[data-run="2026-2"]')
    assert HOSTILE[1] in row.text and HOSTILE[2] in row.text
    driver.find_element("id", "search").send_keys("made")
    until(lambda: "q=made" in driver.current_url)
    for run in ("2026-0", "2026-2"):
        # The list may be drawn anew meanwhile.
        box = f'input[aria-label="choose {run}"]'
        until(lambda box=box: driver.find_element("css selector", box).click() or True)
    driver.find_element("css selector", "button.main").click()
    until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes"
          and "/compare?runs=2026-0&runs=2026-2" in driver.current_url)  # fmt: skip
    assert set(texts(driver, "#results-body table:first-of-type tbody th")) == {"good", HOSTILE[1]}
    assert driver.find_elements("css selector", 'figure[data-chart="pairs-bleu"] svg')
    silent(driver)


@chromium
def test_every_option_is_in_the_form_and_shows_what_it_asks_for(driver: Any) -> None:
    opened(driver, "/compare?runs=2026-0&runs=2026-1&baseline=2026-0&samples=50")
    driver.execute_script("document.querySelector('.form details').open = true")
    for name in ("fail_if_worse", "pairs"):
        driver.find_element("css selector", f".form [name={name}]").click()
    driver.find_element("css selector", ".form [name=segments]").send_keys("2")
    driver.find_element("css selector", ".form [name=tolerance]").send_keys("100")
    driver.find_element("css selector", ".form button.main").click()
    until(lambda: "pairs=1" in driver.current_url
          and driver.execute_script("return document.body.dataset.ready") == "yes")  # fmt: skip
    gate = driver.find_element("id", "gate").text
    assert "Passed." in gate and "poor is significantly worse than good" in gate
    assert "within the tolerance of 100" in gate
    assert len(driver.find_elements("css selector", "#contrasts dl.detail")) == 2
    assert driver.find_elements("css selector", "#contrasts mark.gone, #contrasts mark.new")
    assert "BLEU, all pairs" in driver.find_element("id", "sheets").text
    links = [link.get_attribute("href") for link in driver.find_elements("css selector", "p.links a")]
    assert [link.partition("?")[0].rpartition("/")[2] for link in links] == [
        "compare.csv", "compare.tex", "compare.json", "compare.md",
        "compare.github.md"]  # fmt: skip
    opened(driver, "/history?gate=last%3A1")
    assert "no earlier run on the same data" in driver.find_element("id", "gate").text
    silent(driver)


@chromium
def test_a_link_to_a_segment_shows_it_again(driver: Any) -> None:
    opened(driver, "/compare?samples=50")
    driver.find_element("css selector", "#segments #search").send_keys("source 77")
    until(lambda: len(driver.find_elements("css selector", "button.row")) == 1)
    driver.find_element("css selector", "button.row").click()
    link = driver.current_url
    assert "#segments&" in link and "open=made-0077" in link
    opened(driver, link.removeprefix(driver.base))
    assert "source 77 Président" in driver.find_element("css selector", "dl.detail").text
    opened(driver, "/run/2026-0#segments&open=made-0101")
    assert "source 101" in driver.find_element("css selector", "dl.detail").text, "on the third page"
    silent(driver)


@chromium
def test_hostile_text_is_shown_and_does_nothing(driver: Any) -> None:
    opened(driver, "/run/2026-2")
    assert HOSTILE[1] in driver.find_element("css selector", "table.beads").text
    for index in (0, 1, 2, 3):
        driver.find_element("css selector", f'button.row[data-k="{index}"]').click()
        shown = texts(driver, "dl.detail dd")[-1]
        assert shown == (HOSTILE[index] if index < 3 else "⟨U+202E⟩evil⟨U+202C⟩ ⟨U+001B⟩[31m⟨U+0000⟩")
    assert driver.find_elements("css selector", "main img, dl.detail svg, main iframe") == []
    silent(driver)


@chromium
def test_tables_are_saved_as_csv_and_latex(driver: Any) -> None:
    opened(driver, "/compare?samples=50&runs=2026-0&runs=2026-1")
    for ending, said in (("csv", "system,BLEU ↑"), ("tex", "\\begin{tabular}{lrrrrr}")):
        name = "CSV" if ending == "csv" else "LaTeX"
        driver.find_element("css selector", f'[aria-label="Save overview as {name}"]').click()
        file = driver.downloads / f"overview.{ending}"
        until(lambda file=file: file.exists() and file.stat().st_size > 50)
        assert said in file.read_text(encoding="utf-8") and "good" in file.read_text(encoding="utf-8")
    driver.find_element("css selector", '[aria-label="Save alignment as CSV"]').click()
    file = driver.downloads / "alignment.csv"
    until(lambda: file.exists() and file.stat().st_size > 50)
    header, first = file.read_text(encoding="utf-8").splitlines()[:2]
    assert header == "src_ids,src,tgt_ids,tgt,confidence,flags" and "source 0" in first
    silent(driver)


@chromium
def test_a_run_is_followed_while_it_works(driver: Any, root: Path) -> None:
    from harness.common.progress import working

    folder = root / "runs" / "2027-live"
    with pytest.raises(KeyboardInterrupt), journal(folder):
        working("translating", 30, 120)
        opened(driver, "/")
        row = 'tr[data-run="2027-live"]'
        until(lambda: "30 of 120" in driver.find_element("css selector", row).text)
        working("translating", 90, 120)
        until(lambda: "90 of 120" in driver.find_element("css selector", row).text)
        opened(driver, "/run/2027-live")
        working("score")
        until(lambda: "score" in driver.find_element("id", "state").text)
        raise KeyboardInterrupt
    opened(driver, "/")
    until(lambda: "stopped" in driver.find_element("css selector", row).text)
    silent(driver)


@chromium
def test_dark_narrow_and_print(served: str, tmp_path: Path) -> None:
    with browser(tmp_path, dark=True, width=800) as driver:
        driver.get(served)
        driver.base = served.split("/?")[0]
        for path in ("/", "/run/2026-0", "/compare?samples=50", "/history"):
            opened(driver, path)
            back = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
            assert max(int(part) for part in back[4:-1].split(",")) < 60
            wide = driver.execute_script("return document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} is {wide} pixels wider than the window"
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        shown = driver.execute_script("return getComputedStyle(document.querySelector('nav')).display")
        assert shown == "none"
        silent(driver)
