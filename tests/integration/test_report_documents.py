"""Whole documents on the report page: side by side, with omissions, additions and terms that vary marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.config.schema import compose
from harness.config.typed import typed
from harness.report.documents import document_marks
from harness.results.store import Store
from harness.run.pipeline import run_one
from tests.support.browser import browser, why_not
from tests.support.made_stores import write_run

SOURCES = [
    "Yesterday President Tokayev received the guests.", "The bridge was closed in the morning.",
    "Later Tokayev thanked all of them.", "Then it rained until the evening.",
    "Nobody but Tokayev saw the bridge.", "The ships left the harbour.",
]  # fmt: skip
REFERENCES = [
    "Gestern empfing Präsident Tokajew die Gäste.", "Die Brücke war am Morgen geschlossen.",
    "Später dankte Tokajew ihnen allen.", "Dann regnete es bis zum Abend.",
    "Niemand außer Tokajew sah die Brücke.", "Die Schiffe verließen den Hafen.",
]  # fmt: skip
EXTRA = "Besuchen Sie unsere neue <b>Internetseite</b> & Filiale!"
OUTPUTS = [
    "Präsident Tokajew empfing gestern die Gäste.", "Die Brücke war morgens geschlossen.",
    "Tokajew dankte später ihnen allen.", "", f"Niemand außer Tokaev sah die Brücke. {EXTRA}",
    "Die Schiffe verließen den Hafen. Die Schiffe verließen den Hafen. Die Schiffe verließen den Hafen.",
]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("documents")
    (root / "src").write_text("\n".join(SOURCES) + "\n")
    (root / "ref").write_text("\n".join(REFERENCES) + "\n")
    (root / "docs").write_text("one\n" * 5 + "two\n")
    for name, outputs in (("good", REFERENCES), ("poor", OUTPUTS)):
        (root / name).mkdir()
        (root / name / "one.txt").write_text(" ".join(filter(None, outputs[:5])))
        (root / name / "two.txt").write_text(outputs[5])
        config = compose([
            "data=bitext", f"data.src={root}/src", f"data.tgt={root}/ref", f"data.docs={root}/docs",
            "pair.src=en", "pair.tgt=de", "metrics=[chrf,consistency]", "model=file", f"model.name={name}",
            f"engine.path={root}/{name}", "engine.unit=document", f"results={root}/results",
        ])  # fmt: skip
        run_one(typed(config), Store(config.results), name)
    return root


def test_what_is_marked_is_what_the_records_say(store: Path) -> None:
    from harness.compare.groups import group
    from harness.compare.select import select

    results = Store(store / "results")
    (test_set,), _ = group(results, select(results, []))
    marks = document_marks(results, test_set)
    assert marks is not None
    at = str([system.name for system in test_set.systems].index("poor"))
    ids = test_set.systems[0].ids
    assert marks["nowhere"] == {at: {ids[4]: [EXTRA], ids[5]: [OUTPUTS[5][:32]] * 2}}
    assert marks["method"][at] == {"one": "wer", "two": "wer"}
    (term,) = marks["terms"][at]["one"]
    assert term == {
        "s": "Tokayev", "r": "Tokajew",
        "at": [[ids[0], "Tokajew", False], [ids[2], "Tokajew", False], [ids[4], "Tokaev", True]],
    }  # fmt: skip
    assert marks["share"][at]["one"] == pytest.approx(100 / 3, abs=0.05) and "two" not in marks["share"][at]


@pytest.fixture(scope="module")
def driver(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if (missing := why_not()) is not None:
        pytest.skip(missing)
    out = store / "report.html"
    assert main(["report", "--results", str(store / "results"), "-o", str(out), "--samples", "50"]) == 0
    with browser(tmp_path_factory.mktemp("browser")) as chromium:
        chromium.get(f"{out.as_uri()}#sys=poor")
        chromium.set_script_timeout(30)
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(chromium, 30).until(lambda d: d.find_elements("css selector", "body[data-ready]"))
        yield chromium


def all_of(driver: Any, selector: str) -> list[str]:
    found: list[str] = driver.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((n) => n.textContent)", selector
    )
    return found


def test_a_document_stands_side_by_side_with_its_faults_marked(driver: Any) -> None:
    assert all_of(driver, ".whole thead th") == ["", "source", "poor", "reference"]
    assert all_of(driver, '.whole td[data-side="source"]') == SOURCES[:5]
    assert all_of(driver, '.whole td[data-side="reference"]') == REFERENCES[:5]
    assert all_of(driver, ".whole mark.omitted") == ["no output"]
    assert all_of(driver, ".whole mark.added") == [EXTRA]  # as text, not as markup
    assert all_of(driver, '.whole td[data-side="output"] mark.varies') == ["Tokaev"]
    assert all_of(driver, '.whole td[data-side="output"] mark.term') == ["Tokajew", "Tokajew"]
    said = "".join(all_of(driver, "#documents-body [role=status]"))
    assert "1 without output; 1 with output that belongs nowhere; consistency 33.3" in said
    assert not [line for line in driver.get_log("browser") if line["level"] == "SEVERE"]


def test_parts_are_linked_and_the_choice_is_in_the_address(driver: Any) -> None:
    driver.execute_script(
        "const over = new Event('pointerover', {bubbles: true});"
        "document.querySelector('.whole mark.varies').dispatchEvent(over)"
    )
    lit = all_of(driver, ".whole mark.lit")
    assert sorted(lit) == sorted(["Tokayev"] * 3 + ["Tokajew"] * 5 + ["Tokaev"])
    driver.find_elements("css selector", ".terms button.go")[-1].click()
    assert all_of(driver, ".whole tr.pinned td[data-side=reference]") == [REFERENCES[4]]
    driver.execute_script("document.querySelector('.whole tbody tr').click()")
    assert all_of(driver, ".whole tr.pinned td[data-side=source]") == [SOURCES[0]]
    boxes = driver.find_elements("css selector", "#documents-body select")
    boxes[0].send_keys("two")
    assert all_of(driver, '.whole td[data-side="source"]') == SOURCES[5:]
    assert all_of(driver, ".whole mark.added") == [OUTPUTS[5][:32]] * 2  # each of both once, not the first
    before = "return document.querySelector('.whole mark.added').previousSibling.textContent"
    assert driver.execute_script(before) == OUTPUTS[5][:33]
    address = driver.execute_script("return location.hash")
    assert "whole=two" in address and "sys=poor" in address


def test_a_set_without_documents_has_no_such_part(tmp_path: Path) -> None:
    results = write_run(tmp_path, "2026-0", "a", OUTPUTS, [[text] for text in REFERENCES])
    from harness.compare.groups import group
    from harness.compare.select import select

    (test_set,), _ = group(results, select(results, []))
    assert document_marks(results, test_set) is None
