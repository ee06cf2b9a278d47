"""What judges and people marked, side by side in the report and in the workbench, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.judge.campaign import read_campaign
from harness.judge.responses import record
from harness.results.store import Store
from tests.integration.test_judge_runs import mqm, words
from tests.integration.test_report_page import until
from tests.support.browser import browser, why_not
from tests.support.judge_server import judging
from tests.support.program import run_harness
from tests.support.workbench import workbench

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

HOSTILE = '<img src=x onerror="document.title=1">'
OUTPUTS = [
    "Das 🐈 ist <v>falsch</v> falsch .",
    f"Gut {HOSTILE} <v>x</v>",
    "<v>Alles</v> gut .",
    "Nichts ‮evil .",
    "Fünf .",
]
SOURCES = ["The cat is wrong .", "Good one .", "All is well .", "Nothing here .", "Five ."]
ERRORS = f"""Major:
accuracy/mistranslation - "falsch"
accuracy/addition - "{HOSTILE}"
accuracy/omission - "cat"
Minor:
style/awkward - "🐈 ist falsch"
fluency/grammar - "nirgends"
other"""


def script(asked: str) -> tuple[int, str, str]:
    found = re.findall(r"```(.*?)```", asked, re.DOTALL)
    if "translation B" in asked:
        return 200, "A", "stop"
    if asked.startswith("Given"):
        return 200, "55", "stop"
    if "Fünf" in found[1]:
        return 200, f"I refuse {HOSTILE}", "stop"
    return 200, "no-error" if "Alles" in found[1] else ERRORS, "stop"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of two systems of an MQM file, judged by a model; and two annotators of a campaign."""
    folder = tmp_path_factory.mktemp("judged")
    lines = ["system\tdoc\tseg_id\trater\tsource\ttarget\tcategory\tseverity"]
    for k, (source, output) in enumerate(zip(SOURCES, OUTPUTS, strict=True), start=1):
        plain = output.replace("<v>", "").replace("</v>", "")
        clean = "<v>" not in output
        kind = "No-error\tNo-error" if clean else "Accuracy/Mistranslation\tMajor"
        lines.append(f"mt\td\t{k}\tr<b>1\t{source}\t{output}\t{kind}")
        lines.append(f"mt\td\t{k}\trater2\t{source}\t{plain}\tNo-error\tNo-error")
        lines.append(f"ref\td\t{k}\trater2\t{source}\tReferenz {k} .\tNo-error\tNo-error")
    (folder / "mqm.tsv").write_text("\n".join(lines) + "\n")
    with judging(script) as server:
        done = run_harness(
            "run", *mqm(folder / "mqm.tsv"), "engine.system=mt", "metrics.pairwise.against=reference",
            *words(server.url, "gemba_esa", "pairwise"), cwd=folder,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    made = run_harness(
        "campaign", "first", "--annotators", "ann", "--control", "0", "--segments", "5", cwd=folder
    )
    assert made.returncode == 0, made.stderr
    campaign = read_campaign(folder / "results", "first")
    for number, task in enumerate(campaign.annotators["ann"].tasks):
        spans = [{"start": 4, "end": 5, "severity": "minor"}] if task.item == 0 else []
        record(folder / "results", campaign, "ann", {"task": number, "score": 62, "spans": spans})
    return folder


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browser(tmp_path_factory.mktemp("browser")) as chromium:
        yield chromium


def open_all(driver: Any, address: str) -> None:
    driver.get(address)
    until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes")
    until(lambda: len(driver.find_elements("css selector", "button.row")) == 5)
    for button in driver.find_elements("css selector", "#segments-body button"):
        if button.text.startswith("Open or close all"):
            button.click()
            break
    until(lambda: len(driver.find_elements("css selector", ".errors")) > 10)


def entries(driver: Any, place: int) -> dict[str, Any]:
    detail = driver.find_elements("css selector", ".list > li")[place]
    return {
        node.get_attribute("data-who"): node for node in detail.find_elements("css selector", "dd.errors")
    }


def marks(node: Any) -> list[tuple[str, str]]:
    return [(mark.get_attribute("class"), mark.text) for mark in node.find_elements("css selector", "mark")]


def looked_at(driver: Any) -> None:
    """The same in both places: judges beside people, each error where its words are, text as text."""
    first = entries(driver, 0)
    assert list(first) == ["gemba_esa", "pairwise", "r<b>1", "rater2", "ann (first)"]
    assert [node.get_attribute("data-by") for node in first.values()] == ["judge"] * 2 + ["human"] * 3
    judge = first["gemba_esa"]
    assert marks(judge) == [("err minor", "🐈 ist "), ("err major", "falsch")], "offsets count characters"
    listed = [node.text for node in judge.find_elements("css selector", "ol li")]
    assert listed[0] == "major accuracy/mistranslation falsch"
    assert listed[1].endswith("not in the output") and HOSTILE in listed[1]
    assert listed[2].endswith("words of the source")
    assert listed[4].endswith("not in the output") and listed[5].endswith("no words named")
    assert marks(first["r<b>1"]) == [("err major", "falsch")] and "person r<b>1:" in first["r<b>1"].text
    assert first["rater2"].text == "person rater2: no error"
    assert marks(first["ann (first)"]) == [("err minor", "🐈")] and "62 of 100" in first["ann (first)"].text
    assert "tie: the two orders disagree" in first["pairwise"].text
    second = entries(driver, 1)
    assert ("err major", HOSTILE) in marks(second["gemba_esa"]), "hostile words are words"
    assert "no error" in entries(driver, 2)["gemba_esa"].text
    assert "⟨U+202E⟩evil" in entries(driver, 3)["gemba_esa"].text
    refused = entries(driver, 4)["gemba_esa"].text
    assert "no score: unreadable" in refused and f"I refuse {HOSTILE}" in refused
    assert driver.title != "1" and not driver.find_elements("css selector", "img")
    assert [line["message"] for line in driver.get_log("browser") if line["level"] != "INFO"] == []


def fits(driver: Any) -> bool:
    wide: bool = driver.execute_script(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    return wide


def test_in_the_report(root: Path, driver: Any) -> None:
    done = run_harness("report", "-o", "report.html", cwd=root)
    assert done.returncode == 0, done.stderr
    page = (root / "report.html").as_uri()
    for width in (1300, 800):
        driver.set_window_size(width, 1000)
        open_all(driver, page)
        looked_at(driver)
        assert fits(driver)
    driver.set_window_size(1300, 1000)


def test_in_the_workbench(root: Path, driver: Any) -> None:
    run_id = Store(root / "results").records()[0].run_id
    with workbench(root / "results") as (address, _):
        driver.get(address)
        until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes")
        base = address.split("/?")[0]
        for width in (1300, 800):
            driver.set_window_size(width, 1000)
            open_all(driver, f"{base}/compare?runs={run_id}")
            looked_at(driver)
            assert fits(driver)
        campaign = read_campaign(root / "results", "first")
        tasks = campaign.annotators["ann"].tasks
        number = next(k for k, task in enumerate(tasks) if task.item == 2)
        record(root / "results", campaign, "ann", {"task": number, "score": 7, "spans": []})
        open_all(driver, f"{base}/compare?runs={run_id}")
        assert "7 of 100" in entries(driver, 2)["ann (first)"].text, "a later answer is seen at once"
        record(root / "results", campaign, "ann", {"task": number, "score": 62, "spans": []})


def test_a_damaged_campaign_does_not_hide_the_report(root: Path) -> None:
    broken = root / "results" / "campaigns" / "broken"
    broken.mkdir()
    (broken / "campaign.json").write_text("{")
    try:
        done = run_harness("report", "-o", "other.html", cwd=root)
        assert done.returncode == 0 and "campaign 'broken' is left out" in done.stderr, done.stderr
    finally:
        (broken / "campaign.json").unlink()
        broken.rmdir()
