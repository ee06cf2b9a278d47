"""The Ray backend on a cluster of two nodes: the same results, whatever dies on the way."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.errors import UnavailableError
from tests.support import sharded_run as sharded
from tests.support.forked_program import Zygote
from tests.support.program import PATIENCE, ROOT, gone, wait_until

pytest.importorskip("ray", reason="the extra `ray` is not installed")
RAY = ["backend=ray", "backend.shard_size=10", "backend.workers=2"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes of one CPU each, in processes of their own."""
    before = os.environ.get("PYTHONPATH")
    os.environ |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    from ray.cluster_utils import Cluster

    # A lost node is one that refuses: that is asked often. A slow one has a minute to answer.
    health = {"health_check_period_ms": 300, "health_check_timeout_ms": 60_000}
    store = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args={**store, "_system_config": health})
    made.add_node(num_cpus=1, object_store_memory=80_000_000)
    yield made
    made.shutdown()
    os.environ["PYTHONPATH"] = before or ""


@pytest.fixture
def words(cluster: Any) -> list[str]:
    return [*RAY, f"backend.address={cluster.address}"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, program: Zygote) -> Path:
    """A run in one shard in one process."""
    folder = tmp_path_factory.mktemp("whole")
    return sharded.finished(folder, program)


def test_a_killed_worker_and_a_lost_node_change_nothing(
    cluster: Any, words: list[str], tmp_path: Path, whole: Path
) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, hold=10)
    run = sharded.start(tmp_path, *words)
    sharded.wait_for(tmp_path, 10, run)
    os.kill(sharded.workers(tmp_path)[0], signal.SIGKILL)
    sharded.control(tmp_path, hold=25)
    sharded.wait_for(tmp_path, 25, run)
    lost = next(node for node in cluster.list_all_nodes() if not node.head)
    cluster.remove_node(lost, allow_graceful=False)
    sharded.control(tmp_path)
    out, err = run.communicate(timeout=PATIENCE)
    cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
    assert run.returncode == 0, err
    assert err.splitlines()[-1].startswith("record: ") and "ray" not in err.lower().replace("/ray", "")
    assert "60 copied" in out
    sharded.assert_same(tmp_path, whole)
    texts = sharded.asked(tmp_path)
    assert len(set(texts)) == sharded.LINES and len(texts) <= sharded.LINES + 10, "two batches were under way"
    assert len(sharded.workers(tmp_path)) > 1


def test_a_killed_driver_goes_on_from_its_finished_shards(
    words: list[str], tmp_path: Path, whole: Path, program: Zygote
) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, hold=35)
    slow = sharded.start(tmp_path, *words)
    sharded.wait_for(tmp_path, 35, slow)
    wait_until(lambda: list(tmp_path.glob("results/cache/shards/*/part-*.json")), slow)
    slow.send_signal(signal.SIGKILL)
    slow.communicate()
    for worker in sharded.workers(tmp_path):
        wait_until(lambda worker=worker: gone(worker))
    sharded.control(tmp_path, poison="Phrase 55 ")
    err = sharded.finish(tmp_path, *words, code=1)
    assert "of 6 shards are finished already" in err
    assert err.splitlines()[-1] == "harness run: 1 of 60 segments failed; the others are recorded"
    assert "RuntimeError: the engine chokes on Phrase 55" in err
    assert len(sharded.asked(tmp_path)) <= 59 + 10, "nothing finished is translated twice"

    sharded.control(tmp_path)  # without Ray: the one backend takes over from the other
    err = sharded.finish(tmp_path, "backend.shard_size=10", program=program)
    assert "5 of 6 shards are finished already" in err
    sharded.assert_same(tmp_path, whole)


def test_a_terminated_driver_says_how_to_go_on(words: list[str], tmp_path: Path) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, hold=5)
    slow = sharded.start(tmp_path, *words)
    sharded.wait_for(tmp_path, 5, slow)
    slow.send_signal(signal.SIGTERM)
    _, err = slow.communicate(timeout=PATIENCE)
    assert slow.returncode == 143, err
    assert "resume with: python -m harness run model=copy" in err and "Traceback" not in err


def test_an_error_of_the_system_comes_from_the_worker_as_its_own_line(
    words: list[str], tmp_path: Path
) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, refuse="the server refuses the key")
    err = sharded.finish(tmp_path, *words, code=2)
    assert err.splitlines()[-1] == "harness run: the server refuses the key"
    assert not list(tmp_path.glob("results/runs/*")), "nothing was translated: there is no run to look at"


ALIGN = """
import sys
from harness.common.notices import collecting
from harness.run.backends.ray import Ray
from harness.run.documents import align_pairs, text_parts
from harness.types import Segment

def side(name, texts):
    return [Segment(name, k, text, 0, len(text)) for k, text in enumerate(texts)]

pairs = []
for k in range(5):
    left = [f"La phrase {i} du texte {k} parle de {i * 13} choses." for i in range(6 + k)]
    right = [f"Zdanie {i} tekstu {k} mówi o {i * 13} rzeczach." for i in range(6 + k) if i != 3]
    pairs.append((side(f"l{k}", left), side(f"r{k}", right)))
parts = text_parts({"kind": "none"}, {"kind": "line"}, {"kind": "auto"}, {"kind": "use"})
backend = Ray(address=sys.argv[1], workers=2)
with collecting() as told:
    found = list(backend.align(parts, pairs))
backend.close()
with collecting() as told_here:
    assert found == list(align_pairs(parts, pairs)), found
assert told == told_here, told
print(sum(len(beads) for beads in found))
"""


def test_documents_are_aligned_as_they_are_here(cluster: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALIGN, cluster.address],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 30


def test_a_shard_that_kills_its_worker_ends_the_run(words: list[str], tmp_path: Path) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, die="Phrase 33 ")
    err = sharded.finish(tmp_path, *words, "backend.deaths=1", code=1)
    assert "segments 31 to 40: 2 workers have died with them" in err.splitlines()[-1]


def test_a_cluster_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    sharded.prepare(tmp_path)
    err = sharded.finish(tmp_path, "backend=ray", "backend.address=ray://127.0.0.1:1", code=2)
    last = err.splitlines()[-1]
    assert last.startswith("harness run: backend.address=ray://127.0.0.1:1: no Ray cluster"), err


def test_without_ray_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UnavailableError, match=r"pip install 'mt-harness\[ray\]'"):
        registry.build("backend", {"kind": "ray"})
