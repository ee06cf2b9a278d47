"""Two annotators finish a campaign; the server is killed in the middle, and nothing is lost."""

from __future__ import annotations

import json
import signal
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
    from selenium.webdriver.common.keys import Keys

    done = driver.find_element("css selector", "main > p progress").get_attribute("value")
    marker = driver.find_element("css selector", ".marker")
    assert not driver.find_element("id", "next").is_enabled(), "a score is needed"
    marker.send_keys(" ", Keys.ARROW_RIGHT, " ")
    until(lambda: driver.find_elements("css selector", ".spans li"))
    driver.find_element("css selector", ".spans select").send_keys("major")
    slider = driver.find_element("id", "score")
    slider.send_keys(Keys.END)
    for _ in range(100 - score):
        slider.send_keys(Keys.ARROW_LEFT)
    driver.find_element("id", "next").click()
    until(lambda: driver.find_element("css selector", "main > p progress").get_attribute("value") != done)


def test_two_annotators_and_a_server_that_is_killed(root: Path, tmp_path: Path) -> None:
    found = campaign(root)
    total = 9
    with browser(tmp_path / "browser") as driver:
        with workbench(root) as (address, process):
            base = address.split("/?")[0]
            opened(driver, f"{base}/judge/c/{found.annotators['ann'].key}")
            assert "m0" not in driver.page_source and HOSTILE[1] not in driver.title
            for k in range(4):
                judge(driver, 90 - k)
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
        assert responses(root, found, "ann").keys() == set(range(4))
        with workbench(root) as (address, _):
            base = address.split("/?")[0]
            for person, begin in (("ann", 4), ("ben", 0)):
                opened(driver, f"{base}/judge/c/{found.annotators[person].key}")
                for k in range(begin, total):
                    judge(driver, 90 - k)
                until(lambda: driver.find_elements("id", "finished"))
            opened(driver, address)
            opened(driver, f"{base}/campaigns")
            assert driver.find_element("id", "c").text.count("9") >= 4, "9 of 9 for both"
            messages = [e["message"] for e in driver.get_log("browser") if e["level"] != "INFO"]
            assert messages == []
    for person in ("ann", "ben"):
        answers = responses(root, found, person)
        assert {k: r.score for k, r in answers.items()} == {k: 90 - k for k in range(total)}
        span = answers[0].spans[0]
        text = found.items[0].outputs["m0"]
        assert (span.severity, text[span.start : span.end]) == ("major", "Zdanie numer")
        lines = (root / "campaigns" / "c" / f"{person}.jsonl").read_text().splitlines()
        assert all(json.loads(line)["seconds"] > 0 for line in lines)


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
