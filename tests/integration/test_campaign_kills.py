"""The server of a campaign is killed (SIGKILL) while people answer: what was acknowledged is on disk."""

from __future__ import annotations

import json
import signal
import threading
import time
import urllib.request
from pathlib import Path

from harness.judge.campaign import Campaign, read_campaign
from harness.judge.responses import responses
from tests.support.made_stores import write_run
from tests.support.program import PATIENCE, run_harness
from tests.support.workbench import workbench

ROUNDS = 4
N = 60


def made(root: Path) -> Campaign:
    for k, tail in enumerate(("dobre", "złe")):
        outputs = [f"Zdanie numer {i} jest {tail} i ma wiele słów" for i in range(N)]
        write_run(root, f"2026-{k}", f"m{k}", outputs, [["Zdanie jest dobre"]] * N,
                  metrics={"chrf": {"kind": "chrf", "workers": 1}})  # fmt: skip
    words = ["--protocol", "cESA", "--annotators", "ann", "ben", "--segments", str(N), "--control", "1"]
    done = run_harness("campaign", "c", *words, cwd=root.parent)
    assert done.returncode == 0, done.stderr
    return read_campaign(root, "c")


def answer(base: str, key: str, number: int) -> None:
    """Send an answer as the page does; returns when the server has acknowledged it."""
    spans = [{"start": 0, "end": 6, "severity": "minor"}] * 20  # long lines tear more easily
    value = {"task": number, "outputs": [{"score": number % 101, "spans": spans}] * 2, "seconds": 1.0}
    request = urllib.request.Request(
        f"{base}/api/judge/c/{key}",
        json.dumps(value).encode(),
        {"content-type": "application/json", "origin": base},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        assert json.loads(response.read())["done"] > 0


def test_what_was_acknowledged_survives_kill_9_at_any_moment(tmp_path: Path) -> None:
    root = tmp_path / "results"
    campaign = made(root)
    acknowledged: dict[str, list[int]] = {"ann": [], "ben": []}
    total = len(campaign.annotators["ann"].tasks)

    def work(base: str, person: str, stop: threading.Event) -> None:
        while not stop.is_set() and len(acknowledged[person]) < total:
            number = len(acknowledged[person])
            try:
                answer(base, campaign.annotators[person].key, number)
            except OSError:
                return  # killed: this one was not acknowledged, it is sent again
            acknowledged[person].append(number)

    for k in range(ROUNDS):
        with workbench(root) as (address, process):
            base = address.split("/?")[0]
            stop = threading.Event()
            people = [threading.Thread(target=work, args=(base, name, stop)) for name in acknowledged]
            before = sum(map(len, acknowledged.values()))
            for one in people:
                one.start()
            until = time.monotonic() + PATIENCE
            while sum(map(len, acknowledged.values())) < before + 3 + 5 * k and time.monotonic() < until:
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
            stop.set()
            for one in people:
                one.join(PATIENCE)
        assert sum(map(len, acknowledged.values())) > before
        for person, numbers in acknowledged.items():
            found = responses(root, campaign, person)
            assert set(numbers) <= found.keys(), "an acknowledged answer is lost"
            assert len(found) - len(numbers) <= 1, "at most the one that was under way"
            assert all(one.outputs[1].score == k % 101 for k, one in found.items())
    assert read_campaign(root, "c") == campaign
