"""Comparisons in a process of their own: other pages go on, Ctrl-C ends it at once, no process is left."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses
from tests.support.program import PATIENCE
from tests.support.workbench import workbench

N = 400
ENDLESS = "/api/compare?runs=data%3Dmade&samples=1000000&test=ar"  # minutes
pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    _, _, references = corpus(N)
    for k in range(8):
        write_run(folder, f"2026-{k}", f"m{k}", hypotheses(references, k, 0.1 + 0.05 * k), references)
    write_run(folder, "2026-9", "other", ["a"] * 20, [["a"]] * 20, data="small")
    return folder


class Browser:
    """One connection with the key in its cookie."""

    def __init__(self, address: str) -> None:
        self.where, _, token = address.removeprefix("http://").partition("/?token=")
        self.headers = {"Cookie": f"harness-{self.where.partition(':')[2]}={token}"}

    def get(self, path: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self.where, timeout=PATIENCE)
        connection.request("GET", path, headers=self.headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, json.loads(body) if body.startswith(b"{") else body


def computing(server: int) -> list[int]:
    """The processes that compute for this server."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if parent == server and b"spawn_main" in words:
                found.append(int(folder.name))
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(what: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


@pytest.fixture
def asked(root: Path) -> Iterator[tuple[Any, Browser, int, list[Any]]]:
    """A server that has been asked for what takes minutes: it, a browser, its other process, the answer."""
    with workbench(root) as (address, process):
        browser = Browser(address)
        assert browser.get("/api/compare?runs=data%3Dsmall")[0] == 200
        (other,) = computing(process.pid)
        answers: list[Any] = []

        def ask() -> None:
            try:
                answers.append(browser.get(ENDLESS))
            except (OSError, http.client.HTTPException) as error:
                answers.append(error)

        thread = Thread(target=ask)
        thread.start()
        before = cpu(other)
        until(lambda: cpu(other) - before > 20)  # it is at it
        yield process, browser, other, answers
        process.kill()
        thread.join(PATIENCE)


def cpu(process: int) -> int:
    """Ticks of the clock."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


def test_other_pages_go_on_while_a_comparison_is_computed(asked: Any) -> None:
    _, browser, _, answers = asked
    for path in ("/", "/api/runs", "/api/run/2026-0", "/api/history?runs=other", "/api/segments?runs=2026-9",
                 "/api/compare?runs=data%3Dsmall", "/api/compare?runs=2026-9&samples=100"):  # fmt: skip
        begin = time.monotonic()
        assert browser.get(path)[0] == 200
        assert time.monotonic() - begin < PATIENCE / 4, (
            path
        )  # the speed is measured in experiments/serve_speed
    assert answers == [], "and the long one is still being computed"


def test_ctrl_c_does_not_wait_for_it(asked: Any) -> None:
    process, _, other, answers = asked
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE / 4)
    assert process.returncode == 0 and "Traceback" not in err
    assert err.strip().splitlines()[-1] == "harness serve: ended"
    until(lambda: answers and not alive(other))
    assert isinstance(answers[0], Exception) or "being stopped" in answers[0][1]["error"]


def test_a_server_that_is_killed_leaves_no_process(asked: Any) -> None:
    process, _, other, _ = asked
    process.kill()
    until(lambda: not alive(other))


def test_when_the_process_dies_the_page_says_so_and_the_next_one_is_answered(asked: Any) -> None:
    process, browser, other, answers = asked
    os.kill(other, signal.SIGKILL)
    until(lambda: answers)
    assert answers[0][0] == 503 and "has died" in answers[0][1]["error"]
    status, found = browser.get("/api/compare?runs=2026-0&runs=2026-1&samples=50")
    assert status == 200 and len(found["sets"][0]["systems"]) == 2
    assert computing(process.pid) not in ([], [other])
