"""Two annotators finish a campaign; the server is killed in the middle, and nothing is lost."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from harness.judge.campaign import Campaign, read_campaign
from harness.judge.responses import responses
from tests.integration.test_report_page import HOSTILE, until
from tests.support.browser import browser, why_not
from tests.support.made_stores import write_run
from tests.support.program import PATIENCE, run_harness
from tests.support.workbench import workbench

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    for k, tail in enumerate(("dobre", "złe", HOSTILE[1])):
        outputs = [f"Zdanie numer {i} jest {tail}" for i in range(3)]
        write_run(folder, f"2026-{k}", f"m{k}", outputs, [["Zdanie jest dobre"]] * 3,
                  docs=["d", "d", "d"], metrics={"chrf": {"kind": "chrf", "workers": 1}})  # fmt: skip
    return folder


def campaign(root: Path, *words: str) -> Campaign:
    done = run_harness(
        "campaign", "c", "--annotators", "ann", "ben", "--control", "0", *words, cwd=root.parent
    )
    assert done.returncode == 0, done.stderr
    return read_campaign(root, "c")


def opened(driver: Any, address: str) -> None:
    driver.get(address)
    until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes")


def judge(driver: Any, score: int) -> None:
    """Mark two words by keyboard, set the score by keyboard, go on."""
    done = driver.find_element("css selector", "main > p progress").get_attribute("value")
    mark(driver, score)
    driver.find_element("id", "next").click()
    until(lambda: driver.find_element("css selector", "main > p progress").get_attribute("value") != done)


def mark(driver: Any, score: int) -> None:
    from selenium.webdriver.common.keys import Keys

    marker = driver.find_element("css selector", ".marker")
    assert not driver.find_element("id", "next").is_enabled(), "a score is needed"
    marker.send_keys(" ", Keys.ARROW_RIGHT, " ")
    until(lambda: driver.find_elements("css selector", ".spans li"))
    driver.find_element("css selector", ".spans select").send_keys("major")
    slider = driver.find_element("id", "score")
    slider.send_keys(Keys.END)
    for _ in range(100 - score):
        slider.send_keys(Keys.ARROW_LEFT)


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        number: int = place.getsockname()[1]
        return number


def test_two_annotators_and_a_server_that_is_killed(root: Path, tmp_path: Path) -> None:
    """Both are in the middle, one with marks on the screen, when the server dies. It comes back at the same
    address, and they go on in the pages that they have open."""
    found = campaign(root)
    total = 9
    port = free_port()
    links = {who: f"http://127.0.0.1:{port}/judge/c/{one.key}" for who, one in found.annotators.items()}
    with browser(tmp_path / "browser") as driver:
        windows = {"ann": driver.current_window_handle}
        with workbench(root, "--port", str(port)) as (_, process):
            opened(driver, links["ann"])
            assert "m0" not in driver.page_source and HOSTILE[1] not in driver.title
            for k in range(4):
                judge(driver, 90 - k)
            driver.switch_to.new_window("tab")
            windows["ben"] = driver.current_window_handle
            opened(driver, links["ben"])
            judge(driver, 90)
            mark(driver, 89)
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
            driver.find_element("id", "next").click()
            until(lambda: "does not answer" in driver.find_element("id", "problem").text)
            assert driver.find_elements("css selector", ".spans li"), "what was marked is still there"
        assert {who: set(responses(root, found, who)) for who in links} == {"ann": set(range(4)), "ben": {0}}
        with workbench(root, "--port", str(port)) as (address, _):
            # Nobody presses anything: it is sent again by itself.
            until(lambda: "2 of 9" in driver.find_element("css selector", "main > p").text)
            assert not driver.find_element("id", "problem").is_displayed()
            for person, begin in (("ben", 2), ("ann", 4)):
                driver.switch_to.window(windows[person])
                for k in range(begin, total):
                    judge(driver, 90 - k)
                until(lambda: driver.find_elements("id", "finished"))
            opened(driver, address)
            opened(driver, f"http://127.0.0.1:{port}/campaigns")
            assert "18 of 18 tasks done" in driver.find_element("id", "c").text
            messages = [e["message"] for e in driver.get_log("browser") if e["level"] != "INFO"]
            assert not [one for one in messages if "ERR_CONNECTION" not in one], messages
    for person in ("ann", "ben"):
        answers = responses(root, found, person)
        assert {k: r.score for k, r in answers.items()} == {k: 90 - k for k in range(total)}
        span = answers[0].spans[0]
        text = found.items[0].outputs["m0"]
        assert (span.severity, text[span.start : span.end]) == ("major", "Zdanie numer")
        lines = (root / "campaigns" / "c" / f"{person}.jsonl").read_text().splitlines()
        assert all(json.loads(line)["seconds"] > 0 for line in lines)


@pytest.mark.parametrize("width", [1400, 400])
def test_contrastive_esa_by_keyboard(root: Path, tmp_path: Path, width: int) -> None:
    """Spans in each of three outputs side by side, what is missing in one, and a score for each."""
    from selenium.webdriver.common.keys import Keys

    found = campaign(root, "--protocol", "cESA")
    key = found.annotators["ann"].key
    with workbench(root) as (address, _), browser(tmp_path / "browser") as driver:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        opened(driver, f"{address.split('/?')[0]}/judge/c/{key}")
        assert not any(name in driver.page_source for name in ("m0", "m1", "m2"))
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, "nothing is beside the screen"
        markers = driver.find_elements("css selector", ".marker")
        assert len(markers) == 3
        markers[0].send_keys(" ", Keys.ARROW_RIGHT, " ")
        markers[1].send_keys(*[Keys.ARROW_RIGHT] * 99, " ")  # to the end, where [missing] stands
        quotes = [q.text for q in driver.find_elements("css selector", ".spans q")]
        assert [q.strip("“”") for q in quotes] == ["Zdanie numer", "[missing]"]
        for k in range(3):
            assert not driver.find_element("id", "next").is_enabled(), "each needs a score"
            slider = driver.find_element("id", f"score-{k + 1}" if k else "score")
            slider.send_keys(Keys.HOME, *[Keys.ARROW_RIGHT] * (k + 1))
        driver.find_element("id", "next").click()
        until(lambda: "1 of 3" in driver.find_element("css selector", "main > p").text)
        assert (
            driver.title.startswith("French to Polish")
            and driver.find_elements("css selector", "main img") == []
        )
        driver.find_element("xpath", "//button[text()='Back']").click()
        until(lambda: len(driver.find_elements("css selector", ".spans li")) == 2)
        assert [one.text for one in driver.find_elements("css selector", "output")] == ["1", "2", "3"]
    (answer,) = responses(root, found, "ann").values()
    task = found.annotators["ann"].tasks[0]
    texts = [found.items[task.item].outputs[name] for name in task.systems]
    assert [one.score for one in answer.outputs] == [1, 2, 3]
    assert [[(s.start, s.end) for s in one.spans] for one in answer.outputs] == [
        [(0, 12)], [(len(texts[1]), len(texts[1]))], [],
    ]  # fmt: skip


def test_pairs_by_buttons_and_back_to_change_one_s_mind(root: Path, tmp_path: Path) -> None:
    found = campaign(root, "--protocol", "pairwise")
    with workbench(root) as (address, _), browser(tmp_path / "browser") as driver:
        opened(driver, f"{address.split('/?')[0]}/judge/c/{found.annotators['ben'].key}")
        driver.find_element("css selector", '[data-choice="1"]').click()
        until(lambda: "1 of 9" in driver.find_element("css selector", "main > p").text)
        driver.find_element("css selector", ".pair button").click()
        until(lambda: driver.find_element("css selector", '[data-choice="1"]').get_attribute("aria-pressed")
              == "true")  # fmt: skip
        driver.find_element("css selector", '[data-choice="-1"]').click()
        until(lambda: responses(root, found, "ben")[0].choice == -1)
        assert driver.find_elements("css selector", "main img") == []
