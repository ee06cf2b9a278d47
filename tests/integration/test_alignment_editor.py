"""The alignment editor in a real browser: corrected by keyboard, saved, and the score stands on it."""

from __future__ import annotations

import json
import shlex
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from harness.align.goldfile import read_gold
from tests.integration.test_report_page import until
from tests.support.browser import browser, why_not
from tests.support.program import record_files, run_harness
from tests.support.workbench import workbench

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
RUN = ("run", "model=copy", "engine=copy", "clean=none", "splitter=line", "metrics=chrf", "data=documents",
       "data.src=fr.txt", "data.tgt=pl.txt")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one run over two documents that say the same, but for one sentence either way."""
    root = tmp_path_factory.mktemp("editor")
    (root / "fr.txt").write_text(
        "Le président a parlé mercredi à Paris.\nLe vote aura lieu en mai.\nIl pleut aujourd'hui à Lyon.\n"
        "La France et la Pologne signeront un accord.\nLes ministres sont partis hier soir.\n"
    )
    (root / "pl.txt").write_text(
        "Prezydent przemawiał w środę w Paryżu.\nGłosowanie odbędzie się w maju.\n"
        "Francja i Polska podpiszą umowę.\nMinistrowie wyjechali wczoraj wieczorem.\nCeny rosną.\n"
    )
    done = run_harness(*RUN, cwd=root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="module")
def driver(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with workbench(folder / "results") as (address, _), browser(tmp_path_factory.mktemp("b")) as found:
        found.get(address)
        found.base = address.split("/?")[0]
        yield found


def opened(driver: Any, folder: Path) -> Any:
    driver.get("about:blank")
    driver.get(f"{driver.base}/align/{record_files(folder)[0].parent.name}?author=ann")
    until(lambda: driver.execute_script("return document.body.dataset.ready") == "yes")
    return driver


def links(driver: Any) -> list[tuple[list[int], list[int]]]:
    """The rows with segments on both sides, read off the page."""
    script = """return [...document.querySelectorAll('tbody tr:not(.null)')].map((row) => [0, 1].map((side) =>
        [...row.querySelectorAll(`[data-side="${side}"]`)].map((s) => Number(s.dataset.k))))"""
    return [(source, target) for source, target in driver.execute_script(script)]


def press(driver: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    for key in keys:
        ActionChains(driver).send_keys(key).perform()


def at(driver: Any, source: int) -> None:
    """Make the row with this source segment the current one, by a click beside its text."""
    row = f"tr:has([data-side='0'][data-k='{source}'])"
    driver.find_element("css selector", f"{row} td.mid").click()


def save(driver: Any) -> None:
    """By keyboard."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    ActionChains(driver).key_down(Keys.CONTROL).send_keys("s").key_up(Keys.CONTROL).perform()
    until(lambda: "saved: " in said(driver))


def said(driver: Any) -> str:
    return str(driver.find_element("css selector", ".bar [role=status]").text)


def test_every_change_by_keyboard_and_back_again(driver: Any, folder: Path) -> None:
    opened(driver, folder)
    begin = links(driver)
    assert ([0], [0]) in begin and ([1], [1]) in begin
    at(driver, 0)
    press(driver, "m")
    assert links(driver)[0] == ([0, 1], [0, 1])
    press(driver, "s")
    assert links(driver)[:2] == [([0], [0]), ([1], [1])]
    press(driver, "p")
    assert "partial" in driver.find_element("css selector", "tr.current").text
    press(driver, "]")
    assert "merge them" in said(driver), "the next link would be left without a source"
    at(driver, 1)
    press(driver, "u")
    assert ([1], [1]) not in links(driver)
    at(driver, 0)
    press(driver, "]", "}")
    assert links(driver)[0] == ([0, 1], [0, 1])
    press(driver, "[", "{")
    assert links(driver)[0] == ([0], [0])
    for _ in range(20):
        press(driver, "z")
    assert links(driver) == begin and "nothing more" in said(driver)
    press(driver, "y")
    assert links(driver)[0] == ([0, 1], [0, 1])
    press(driver, "z")
    assert "not saved" not in said(driver)


def test_what_stands_alone_is_linked_by_keyboard(driver: Any, folder: Path) -> None:
    opened(driver, folder)
    at(driver, 0)
    press(driver, "u", "a")  # unlinked, the source of its row chosen
    assert ([0], [0]) not in links(driver)
    press(driver, "j", "d")
    assert len(driver.find_elements("css selector", ".segment.chosen")) == 2
    press(driver, "l")
    assert ([0], [0]) in links(driver)
    press(driver, "a", "a")
    assert driver.find_elements("css selector", ".segment.chosen") == []


def test_two_windows_of_one_author_do_not_undo_each_other(driver: Any, folder: Path) -> None:
    opened(driver, folder)
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    opened(driver, folder)
    at(driver, 0)
    press(driver, "u")
    save(driver)
    driver.close()
    driver.switch_to.window(first)
    at(driver, 4)
    press(driver, "p")
    driver.find_element("css selector", '[data-action="save"]').click()
    until(lambda: "has saved this alignment elsewhere meanwhile" in said(driver))
    assert "not saved" in said(driver), "the changes are still there"
    (path,) = folder.glob("results/gold/*/ann.jsonl")
    assert [bead.flags for bead in read_gold(path).beads if bead.src == (4,)] == [()]
    for file in path.parent.iterdir():
        file.unlink()
    assert [entry for entry in driver.get_log("browser") if "409" not in entry["message"]] == []


def test_saved_by_two_presses_and_after_the_key_has_changed(driver: Any, folder: Path) -> None:
    opened(driver, folder)
    before = driver.execute_script("return document.querySelectorAll('tbody tr:not(.null)').length")
    press(driver, "p")
    twice = "const b = document.querySelector('[data-action=save]'); b.click(); b.click();"
    driver.execute_script(twice)
    until(lambda: "saved: " in said(driver))
    assert "elsewhere" not in said(driver) and before
    kept = driver.get_cookies()
    driver.delete_all_cookies()  # as if the server had been started again
    press(driver, "p")
    driver.execute_script(twice)
    until(lambda: "it holds the key" in said(driver))
    for cookie in kept:  # its new address was opened in another tab
        driver.add_cookie(cookie)
    save(driver)
    assert all("403" in entry["message"] for entry in driver.get_log("browser") if entry["level"] != "INFO")


def test_link_and_split_by_mouse_and_a_crossing_is_refused(driver: Any, folder: Path) -> None:
    opened(driver, folder)
    begin = links(driver)

    def click(side: int, k: int) -> None:
        driver.find_element("css selector", f'[data-side="{side}"][data-k="{k}"]').click()

    def act(name: str) -> None:
        driver.find_element("css selector", f'[data-action="{name}"]').click()

    click(0, 0)
    click(1, 3)
    act("link")
    assert "may not cross" in said(driver) and links(driver) == begin
    click(0, 0)
    click(1, 3)
    click(0, 1)
    click(0, 2)
    click(1, 1)
    act("link")
    assert ([1, 2], [1]) in links(driver)
    click(0, 1)
    act("split")
    assert ([1], [1]) in links(driver) and ([1, 2], [1]) not in links(driver)
    at(driver, 1)
    act("unlink")
    assert ([1], [1]) not in links(driver)


def test_a_corrected_alignment_is_saved_and_changes_the_score(driver: Any, folder: Path) -> None:
    opened(driver, folder)
    press(driver, *"k" * 9, "j")
    assert driver.find_element("css selector", "tr.current [data-side='0']").get_attribute("data-k") == "1"
    press(driver, "u")
    save(driver)
    (path,) = folder.glob("results/gold/*/ann.jsonl")
    assert [1] not in [list(bead.src) for bead in read_gold(path).beads if not bead.is_null]

    command = driver.find_element("css selector", "code").text
    words = shlex.split(command.replace(str(folder) + "/", ""))
    assert words[:3] == ["python", "-m", "harness"]
    done = run_harness(*words[3:], cwd=folder)
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(file.read_text()) for file in record_files(folder))
    assert second["data"]["n"] == first["data"]["n"] - 1
    assert second["data"]["hash"] != first["data"]["hash"]
    assert second["scores"][0]["value"] != first["scores"][0]["value"]
    assert any(item["path"].endswith("ann.jsonl") for item in second["data"]["inputs"])

    again = run_harness(*words[3:], cwd=folder)
    assert "skipped" in again.stderr
    opened(driver, folder)
    at(driver, 0)
    press(driver, "p")
    driver.find_element("css selector", '[data-action="save"]').click()
    until(lambda: "saved: " in said(driver))
    fresh = run_harness(*words[3:], cwd=folder)
    assert "skipped" not in fresh.stderr, "the gold is another, though its name is the same"
    assert '"partial"' in path.read_text(encoding="utf-8")
    entries = [e["message"] for e in driver.get_log("browser") if e["level"] != "INFO"]
    assert entries == []


@contextmanager
def tunnel(port: int) -> Iterator[int]:
    """Another port whose connections are passed on as they are, as `ssh -L` does."""
    listening = socket.create_server(("127.0.0.1", 0))

    def copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                near = listening.accept()[0]
                far = socket.create_connection(("127.0.0.1", port))
                Thread(target=copy, args=(near, far), daemon=True).start()
                Thread(target=copy, args=(far, near), daemon=True).start()

    Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


def test_through_a_tunnel_and_below_a_path(folder: Path, tmp_path: Path) -> None:
    with workbench(folder / "results", "--prefix", "/lab/harness") as (address, _):
        where, _, rest = address.removeprefix("http://").partition("/")
        with tunnel(int(where.rpartition(":")[2])) as port, browser(tmp_path) as driver:
            driver.get(f"http://127.0.0.1:{port}/{rest}")
            driver.base = f"http://127.0.0.1:{port}/lab/harness"
            until(lambda: driver.current_url == f"{driver.base}/")
            for page in ("compare", "history", "campaigns", ""):
                name = page.capitalize() or "Runs"
                until(lambda name=name: driver.find_element("link text", name).click() or True)
                until(lambda page=page: driver.current_url == f"{driver.base}/{page}"
                      and driver.execute_script("return document.body.dataset.ready") == "yes")  # fmt: skip
            opened(driver, folder)
            at(driver, 0)
            press(driver, "p")
            driver.execute_script("document.getElementById('author').value = 'cleo'")
            save(driver)
            assert list(folder.glob("results/gold/*/cleo.jsonl"))
            assert [e["message"] for e in driver.get_log("browser") if e["level"] != "INFO"] == []
