"""An annotator who presses twice, goes back, has texts without end, and a server that cannot save."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.judge.campaign import Campaign, read_campaign
from harness.judge.responses import responses
from tests.integration.test_report_page import until
from tests.support.browser import browser, why_not
from tests.support.made_stores import write_run
from tests.support.program import run_harness
from tests.support.workbench import workbench

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
LONG = "słowo " * 16_000


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work") / "results"
    for k in range(2):
        outputs = [f"Zdanie {i} systemu {k}" for i in range(3)] + [LONG + str(k)]
        write_run(folder, f"2026-{k}", f"m{k}", outputs, [["Zdanie"]] * 4, docs=["d"] * 4,
                  metrics={"length_ratio": {"kind": "length_ratio"}})  # fmt: skip
    for name, protocol in (("esa", "ESA"), ("pairs", "pairwise")):
        words = ("campaign", name, "--annotators", "ann", "--control", "0", "--protocol", protocol)
        assert run_harness(*words, cwd=folder.parent).returncode == 0
    return folder


@pytest.fixture(scope="module")
def driver(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with workbench(root) as (address, _), browser(tmp_path_factory.mktemp("b")) as found:
        found.base = address.split("/?")[0]
        yield found


def opened(driver: Any, root: Path, name: str) -> Campaign:
    campaign = read_campaign(root, name)
    driver.get(f"{driver.base}/judge/{name}/{campaign.annotators['ann'].key}")
    until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes")
    return campaign


def done(driver: Any) -> str:
    return str(driver.find_element("css selector", "main > p").text)


def scored(driver: Any, key: str) -> None:
    driver.find_element("id", "score").send_keys(key)


def test_going_back_in_the_browser_keeps_what_is_not_saved(driver: Any, root: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    campaign = opened(driver, root, "esa")
    scored(driver, Keys.END)
    driver.find_element("id", "next").click()
    until(lambda: "1 of 8" in done(driver))
    driver.find_element("css selector", ".marker").send_keys(" ", Keys.ARROW_RIGHT, " ")
    second = driver.find_element("css selector", ".spans q").text
    driver.back()
    until(lambda: not driver.find_elements("css selector", ".spans q"))
    assert driver.find_element("css selector", "output").text == "100", "the answer given before"
    driver.forward()
    until(lambda: driver.find_elements("css selector", ".spans q"))
    assert driver.find_element("css selector", ".spans q").text == second
    assert responses(root, campaign, "ann").keys() == {0}, "nothing was saved by going back and forth"
    scored(driver, Keys.HOME)
    driver.find_element("id", "next").click()
    until(lambda: "2 of 8" in done(driver))
    assert responses(root, campaign, "ann")[1].score == 0


def test_what_is_pressed_twice_is_one_answer(driver: Any, root: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    campaign = opened(driver, root, "pairs")
    for count in (1, 2):
        button = driver.find_element("css selector", "[data-choice='1']")
        ActionChains(driver).double_click(button).perform()
        until(lambda: "0 of 4" not in done(driver))
        time.sleep(1)
        assert f"{count} of 4" in done(driver), "the next pair was not judged unseen"
    lines = (root / "campaigns" / "pairs" / "ann.jsonl").read_text().splitlines()
    assert len(lines) == len(responses(root, campaign, "ann")) == 2


def test_a_disk_that_takes_nothing_is_told_and_the_answer_is_sent_again(driver: Any, root: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    campaign = opened(driver, root, "esa")
    path = root / "campaigns" / "esa" / "ann.jsonl"
    count = len(responses(root, campaign, "ann"))
    kept = path.rename(root / "kept")
    path.mkdir()  # nothing can be appended to it
    scored(driver, Keys.END)
    driver.find_element("id", "next").click()
    until(lambda: "cannot be saved" in driver.find_element("id", "problem").text)
    said = driver.find_element("id", "problem").text
    assert str(root) not in said and "is sent again" in said
    path.rmdir()
    kept.rename(path)
    until(lambda: f"{count + 1} of 8" in done(driver))  # nobody pressed anything
    assert not driver.find_element("id", "problem").is_displayed()


def test_a_text_of_thousands_of_words_is_marked_at_once(driver: Any, root: Path) -> None:
    campaign = opened(driver, root, "esa")
    tasks = campaign.annotators["ann"].tasks
    place = next(k for k, task in enumerate(tasks) if campaign.items[task.item].id.endswith("3"))
    go = "dispatchEvent(new PopStateEvent('popstate', { state: { task: arguments[0] } }))"
    driver.execute_script(go, place)
    until(lambda: driver.execute_script("return document.querySelectorAll('.word').length") > 30_000)
    spent = driver.execute_script("""
        const node = document.querySelector('.marker'), begin = performance.now();
        for (const key of [' ', 'ArrowRight', 'ArrowRight', ' ']) {
          node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
          void node.offsetHeight;
        }
        return performance.now() - begin;""")
    assert driver.find_element("css selector", ".spans q").text.strip("“”") == "słowo słowo słowo"
    assert spent < 2000, "four keys; a tenth of it where nothing else runs"


def test_a_server_that_writes_nothing_says_so(root: Path, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    with workbench(root, "--read-only") as (address, _), browser(tmp_path) as driver:
        driver.base = address.split("/?")[0]
        opened(driver, root, "esa")
        assert "--read-only" in driver.find_element("css selector", ".notice:not(#problem)").text
        scored(driver, Keys.END)
        assert not driver.find_element("id", "next").is_enabled()
