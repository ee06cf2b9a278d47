"""Saving a corrected alignment: checked, atomic, and never over a state that was not seen."""

from __future__ import annotations

import json
import shlex
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from harness.align.goldfile import read_gold
from harness.common.files import write_json
from harness.serve import editing
from tests.support.made_stores import write_run
from tests.support.workbench import client

METRICS = {"chrf": {"kind": "chrf", "workers": 1}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tmp_path = tmp_path / "store"
    write_run(tmp_path, "1", "a", ["x"], [["x"]], metrics=METRICS)
    write_run(tmp_path, "2", "b", ["x"], [["x"]], metrics=METRICS)

    def side(lang: str, n: int) -> dict[str, Any]:
        texts = [{"text": f"{lang} {k}", "furniture": "byline" if k == 3 else None} for k in range(n)]
        return {"id": f"../doc/{lang}", "lang": lang, "segments": texts}

    beads = [{"src": [k], "tgt": [k], "shape": "1-1", "score": 1.0, "confidence": 0.9 - k / 4, "flags": []}
             for k in range(3)]  # fmt: skip
    documents = [{"src": side("fr", 5), "tgt": side("pl", 4), "beads": beads}]
    write_json(tmp_path / "runs" / "1" / "alignment.json", {"documents": documents, "candidates": []})
    return tmp_path


def save(root: Path, status: int = 200, **changed: Any) -> Any:
    value = {"doc": "0", "author": "ann", "revision": 0, "beads": [{"src": [0, 1], "tgt": [0], "flags": []}]}
    answer = client(root).post("/api/align/1", json={**value, **changed})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_saved_alignment_lies_in_the_store_and_says_where_it_comes_from(root: Path) -> None:
    saved = save(root, beads=[{"src": [0, 1], "tgt": [0], "flags": ["partial", "low-margin"]}])
    path = Path(saved["path"])
    assert path.parent.parent == root / "gold" and ".." not in path.name + path.parent.name
    gold = read_gold(path)
    assert gold.header.base["run"] == "1" and gold.header.author == "ann" and gold.header.saved
    assert [(b.src, b.tgt, b.flags) for b in gold.beads if not b.is_null] == [((0, 1), (0,), ("partial",))]
    assert path.with_suffix(".txt").read_text().startswith("[0, 1]:[0]\n")
    assert saved["command"].endswith(f" alignment={path}")
    found = client(root).get("/api/align/1?author=ann").json()
    assert found["revision"] == 1 and found["beads"][0]["src"] == [0, 1]
    assert client(root).get("/api/align/1?author=ben").json()["beads"][0]["confidence"] == 0.9


def test_two_windows_do_not_overwrite_each_other(root: Path) -> None:
    save(root)
    assert save(root, revision=1)["revision"] == 2
    before = sorted((root / "gold").glob("*/*"))
    content = [path.read_bytes() for path in before]
    error = save(root, 409, revision=1, beads=[])["error"]
    assert "ann has saved this alignment elsewhere meanwhile" in error
    assert [path.read_bytes() for path in before] == content
    assert save(root, author="ben", beads=[])["revision"] == 1, "another author has a file of their own"
    assert [one["author"] for one in client(root).get("/api/align/1").json()["files"]] == ["ann", "ben"]


def test_of_saves_of_one_revision_by_several_processes_one_is_taken(root: Path, monkeypatch: Any) -> None:
    """Each has a server of its own, which only the file system tells of the others."""
    save(root)
    slow = editing.read_gold

    def read(path: Path) -> Any:
        found = slow(path)
        time.sleep(0.1)
        return found

    monkeypatch.setattr(editing, "read_gold", read)
    value = {"doc": "0", "author": "ann", "revision": 1, "beads": []}
    with ThreadPoolExecutor(4) as pool:
        browsers = [client(root) for _ in range(4)]
        found = list(pool.map(lambda one: one.post("/api/align/1", json=value).status_code, browsers))
    assert sorted(found) == [200, 409, 409, 409]
    assert client(root).get("/api/align/1?author=ann").json()["revision"] == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"author": ""}, "author:"),
        ({"author": "../../x"}, "author:"),
        ({"author": "a" * 41}, "author:"),
        ({"author": None}, "author:"),
        ({"beads": "all"}, "beads: expected a list"),
        ({"beads": [{"src": ["0"], "tgt": [0]}]}, "bead 0: src and tgt must be lists"),
        ({"beads": [{"src": [True], "tgt": [0]}]}, "bead 0: src and tgt must be lists"),
        ({"beads": [{"src": [0], "tgt": [1]}, {"src": [1], "tgt": [0]}]}, "bead 1: target segment 0"),
        ({"beads": [{"src": [3], "tgt": [0]}]}, "page furniture"),
        ({"beads": [{"src": [7], "tgt": [0]}]}, "does not exist"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(root: Path, changed: Any, said: str) -> None:
    assert said in save(root, 400, **changed)["error"]
    assert not (root / "gold").exists()


def test_what_is_not_there_and_what_is_read_only(root: Path) -> None:
    for path in ("/api/align/2", "/api/align/9", "/api/align/1?doc=1", "/api/align/1?doc=-1"):
        assert client(root).get(path).status_code == 404
    assert client(root, read_only=True).post("/api/align/1", json={}).status_code == 403
    assert client(root).post("/api/align/1", content=b"[1]", headers={"Content-Type": "application/json"}
                             ).status_code == 400  # fmt: skip


@pytest.mark.parametrize("what", ["gold", "folder", "file"])
def test_a_link_out_of_the_store_is_neither_read_nor_written(root: Path, tmp_path: Path, what: str) -> None:
    path = Path(save(root)["path"])
    beside = tmp_path / "beside"
    beside.mkdir()
    link = {"gold": root / "gold", "folder": path.parent, "file": path}[what]
    link.rename(beside / link.name)
    link.symlink_to(beside / link.name)
    if what == "file":
        (beside / link.name).chmod(0o600)
    kept = {file: file.read_bytes() for file in beside.rglob("*") if file.is_file()}
    browser = client(root)
    assert "link leads out of the store" in save(root, 400, revision=1)["error"]
    found = browser.get("/api/align/1?author=ann")
    assert found.status_code == 400 and "link leads out of the store" in found.json()["error"]
    if what == "file":
        assert browser.get("/api/align/1").json()["files"] == []
    assert {file: file.read_bytes() for file in beside.rglob("*") if file.is_file()} == kept


def test_where_the_run_links_moved_text_a_person_may(root: Path) -> None:
    crossing = [{"src": [0], "tgt": [2], "flags": []}, {"src": [1], "tgt": [0], "flags": []}]
    assert "crosses" in save(root, 400, beads=crossing)["error"]
    path = root / "runs" / "1" / "alignment.json"
    value = json.loads(path.read_text())
    for bead, tgt in zip(value["documents"][0]["beads"], (2, 0, 1), strict=True):
        bead["tgt"] = [tgt]
    write_json(path, value)
    assert client(root).get("/api/align/1").json()["free"] is True
    gold = read_gold(save(root, beads=crossing)["path"])
    assert gold.header.free and [(b.src, b.tgt) for b in gold.beads if not b.is_null] == [
        ((0,), (2,)),
        ((1,), (0,)),
    ]
    assert "another bead" in save(root, 400, revision=1, beads=[*crossing, {"src": [2], "tgt": [2]}])["error"]


def test_the_command_is_the_runs_own_however_long_its_words(root: Path) -> None:
    hydra = root / "runs" / "1" / ".hydra"
    hydra.mkdir()
    words = [
        "model=copy",
        f"++data.src={'a long folder/' * 12}fr.txt",
        "++x='it''s, b'",
        "tag=a b",
        "aligner=gold",
        "++aligner.path=old.jsonl",
    ]
    (hydra / "overrides.yaml").write_text(OmegaConf.to_yaml(words))
    sources = [{"path": "/conf", "provider": "main"}, {"path": "/my own/conf", "provider": "command-line"}]
    (hydra / "hydra.yaml").write_text(
        OmegaConf.to_yaml({"hydra": {"runtime": {"config_sources": sources}, "x": "${hydra:runtime.cwd}"}})
    )
    saved = save(root)
    own = ["--config-dir=/my own/conf", *words[:3], f"alignment={saved['path']}"]
    assert shlex.split(saved["command"]) == ["python", "-m", "harness", "run", *own]
    for damaged in ("[", "1", "a: b", "\x00"):
        for name in ("overrides.yaml", "hydra.yaml"):
            (hydra / name).write_text(damaged)
        command = client(root).get("/api/align/1").json()["command"]
        assert command.startswith("python -m harness run alignment="), damaged
