"""What must not happen: a key on disk, code from data, a script in a page. The page: docs/security.md."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ConfigError
from harness.registry import build
from tests.support.browser import browser, why_not
from tests.support.forked_program import Zygote
from tests.support.made_stores import write_run
from tests.support.program import ROOT, wait_until

KEY = "sk-marker-0123456789abcdef"


class Api(http.server.BaseHTTPRequestHandler):
    """Answers like a chat server; for a text with "refuse" it repeats the key in its error, as some do."""

    seen: list[str]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        given = self.headers.get("Authorization", "")
        type(self).seen.append(given)
        text = body["messages"][-1]["content"]
        if "refuse" in text:
            self._answer(400, {"error": {"message": f"not for {given} with {KEY}"}})
        elif "forbidden" in text:
            self._answer(401, {"error": {"message": f"bad key {KEY}"}})
        else:
            self._answer(200, {"choices": [{"message": {"content": "Cześć."}, "finish_reason": "stop"}]})

    def _answer(self, status: int, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def api() -> Iterator[str]:
    Api.seen = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def test_the_api_key_reaches_the_server_and_nothing_else(api: str, tmp_path: Path, program: Zygote) -> None:
    (tmp_path / "a.fr").write_text("Salut.\nrefuse\nBonjour.\n")
    (tmp_path / "b.fr").write_text("forbidden\n")
    (tmp_path / "a.pl").write_text("Cześć.\nNie.\nDzień dobry.\n")
    (tmp_path / "b.pl").write_text("Nie.\n")
    run = ["run", "model=openai", "model.id=m", f"engine.base_url={api}", "engine.retries=0", "data=bitext"]
    run += ["engine.concurrency=1", "metrics=chrf", "bootstrap.samples=5"]
    env = {"OPENAI_API_KEY": KEY}
    told = ""
    for words in (
        [*run, "data.src=a.fr", "data.tgt=a.pl"],
        [*run, "data.src=b.fr", "data.tgt=b.pl"],
        [*run, "--debug", "data.src=b.fr", "data.tgt=b.pl"],
        ["rerun", "latest", "--trust"],
        ["list"],
        ["show", "latest", "--json"],
        ["compare", "--format", "json"],
        ["report", "-o", "r.html"],
        ["export", "csv", "--level", "segment", "-o", "o.csv"],
        ["doctor"],
        ["cache"],
    ):
        ended = program.run(tmp_path, *words, env=env)
        told += ended.out + ended.err
    assert f"Bearer {KEY}" in Api.seen, "the server got it"
    assert (tmp_path / "r.html").is_file() and list(tmp_path.glob("results/runs/*/record.json")), told
    assert KEY not in told
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert not holding, holding


def test_the_key_is_no_argument_of_any_process(tmp_path: Path) -> None:
    """While a run is under way: what any user of the machine may read of it."""
    (tmp_path / "a").write_text("un\n")
    words = [
        "run",
        "model=openai",
        "model.id=m",
        "data=bitext",
        "data.src=a",
        "data.tgt=a",
        "engine.retries=1",
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENAI_API_KEY": KEY}
    command = [sys.executable, "-m", "harness", *words, "engine.base_url=http://127.0.0.1:9/v1"]
    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as process:
        seen = []
        while process.poll() is None:
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.append(path.read_bytes())
                except OSError:
                    continue
            time.sleep(0.3)
        assert process.stderr is not None and KEY not in process.stderr.read()
    assert any(b"harness\0run" in words for words in seen) and not any(
        KEY.encode() in words for words in seen
    )


def test_a_key_among_the_recorded_options_is_refused() -> None:
    for name in ("api_key", "Authorization", "password", "access_token"):
        with pytest.raises(
            ConfigError, match=rf"engine\.extra\.{name}: the request is recorded; put a key into"
        ):
            build("engine", {"kind": "openai", "extra": {name: KEY}}, model={"id": "m"}, src="fr", tgt="pl")
    with pytest.raises(ConfigError, match="must not hold a password"):
        build(
            "engine",
            {"kind": "openai", "base_url": f"http://x:{KEY}@h/v1"},
            model={"id": "m"},
            src="fr",
            tgt="pl",
        )


# Data that names code


def stored(root: Path, **changes: Any) -> Path:
    """A run whose record was changed, as one that came from elsewhere may be."""
    write_run(root / "results", "20260101-000000-abcdef", "copy", ["a b"], [["a b"]])
    path = root / "results" / "runs" / "20260101-000000-abcdef" / "record.json"
    record = json.loads(path.read_text())
    record["config"] |= changes
    path.write_text(json.dumps(record))
    return path


def test_comparing_a_record_from_elsewhere_runs_nothing(tmp_path: Path, program: Zygote) -> None:
    metrics = {"x": {"kind": "subprocess:Popen", "args": "touch owned", "shell": True},
               "y": {"kind": "os:system", "command": "touch owned"}}  # fmt: skip
    stored(tmp_path, metrics=metrics)
    for words in (
        ["compare"],
        ["report", "-o", "r.html"],
        ["show", "latest"],
        ["list"],
        ["export", "pearmut"],
    ):
        ended = program.run(tmp_path, *words)
        assert "internal error" not in ended.err and "Traceback" not in ended.err, ended.err
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"engine": {"kind": "command", "command": "touch owned"}}, "starts the program 'touch owned'"),
        (
            {"engine": {"kind": "openai", "base_url": "http://127.0.0.1:9/v1", "api_key_env": "HOME"}},
            r"the key in $HOME",
        ),
        ({"engine": {"kind": "evil:Engine"}}, "runs the class 'evil:Engine'"),
        ({"model": {"pickle": True}}, "loads a pickle"),
        (
            {"metrics": {"m": {"kind": "semsim", "encoder": {"kind": "evil:Encoder"}}}},
            "runs the class 'evil:Encoder'",
        ),
        ({"metrics": {"m": {"kind": "neural", "backend": "evil.py"}}}, "runs the file 'evil.py'"),
    ],
)
def test_rerunning_a_record_asks_for_trust(
    part: dict[str, Any], told: str, tmp_path: Path, program: Zygote
) -> None:
    whole = {"pair": {"src": "fr", "tgt": "pl"}, "bootstrap": {}, "metrics": {}, "engine": {"kind": "copy"},
             "model": {"name": "copy"}, "data": {"kind": "seeds"}}  # fmt: skip
    (tmp_path / "evil.py").write_text("open('owned', 'w')\n")
    stored(tmp_path, **{**whole, **part})
    ended = program.run(tmp_path, "rerun", "latest", env={"PYTHONPATH": str(tmp_path)})
    assert ended.code == 2 and told in ended.err and "rerun --trust" in ended.err, ended.err
    assert not (tmp_path / "owned").exists()


def test_yaml_makes_no_objects_and_no_loader_unpickles(tmp_path: Path, program: Zygote) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "evil.yaml").write_text("name: !!python/object/apply:os.system ['touch owned']\n")
    ended = program.run(tmp_path, "run", "--config-dir", ".", "model=evil")
    assert ended.code == 2 and len(ended.err.splitlines()) == 1, ended.err
    cleaner = tmp_path / "c.yaml"
    cleaner.write_text("kind: !!python/object/apply:os.system ['touch owned']\n")
    (tmp_path / "a.txt").write_text("Bonjour.\n")
    assert program.run(tmp_path, "clean", "a.txt", "--lang", "fr", "--cleaner", str(cleaner)).code == 2
    assert not (tmp_path / "owned").exists()
    source = "\n".join(path.read_text() for path in (ROOT / "harness").rglob("*.py"))
    for call in (
        "pickle.load",
        "allow_pickle=True",
        "trust_remote_code=True",
        "yaml.load(",
        "joblib.load",
        "shell=True",
    ):
        assert call not in source, call


def test_a_checkpoint_with_a_pickle_is_refused_unless_allowed(tmp_path: Path) -> None:
    from harness.errors import DataError

    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "marian"}')
    (folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch owned'\ntR.")
    for name in ("vocab.json", "source.spm", "target.spm"):
        (folder / name).write_text("{}")
    model = {"name": "m", "family": "marian", "path": str(folder)}
    with pytest.raises(DataError, match=r"pickle, which can run code: if you trust it, model\.pickle=true"):
        build("engine", {"kind": "transformers"}, model=model, src="fr", tgt="pl")


# Exports


def test_exports_hold_hostile_text_as_text(tmp_path: Path, program: Zygote) -> None:
    import csv
    import io

    import yaml

    names = [
        "=cmd|' /C calc'!A0",
        "a, b: !!python/x {} #",
        "\\input{/etc/passwd} $x$",
        "![x](http://x) | <b>",
    ]
    for number, name in enumerate(names):
        write_run(tmp_path / "results", f"20260101-00000{number}-abcdef", name, ["=1+1"], [["+1"]])
    text = program.run(tmp_path, "export", "csv").out
    assert {row["model"] for row in csv.DictReader(io.StringIO(text))} == set(names), (
        "CSV keeps text as it is"
    )
    card = program.run(tmp_path, "export", "model-index", "20260101-000001").out
    assert yaml.safe_load(card)["model-index"][0]["name"] == names[1]
    latex = program.run(tmp_path, "compare", "--format", "latex", "--samples", "10").out
    assert "\\input" not in latex and "\\textbackslash{}input" in latex
    markdown = program.run(tmp_path, "list", "--format", "md").out
    assert "![" not in markdown and "<b>" not in markdown and "\\| &lt;b>" in markdown


# Pages


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_an_injected_script_does_not_run(tmp_path: Path, program: Zygote) -> None:
    """Even where markup came into a page by some fault, its policy stops it; the page breaks no rule."""
    write_run(
        tmp_path / "results", "20260101-000000-abcdef", "copy", ["<script>document.title=1</script>"], [["b"]]
    )
    assert program.run(tmp_path, "report", "-o", "r.html").code == 0
    page = tmp_path / "r.html"
    policy = page.read_text().split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    (tmp_path / "a.txt").write_text("<script>document.title='pwned'</script>\n")
    aligned = [
        "align",
        "a.txt",
        "a.txt",
        "--src",
        "fr",
        "--tgt",
        "pl",
        "--segmented",
        "--aligner",
        "gale-church",
    ]
    assert program.run(tmp_path, *aligned, "-o", "two.html").code == 0
    evil = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"
    evil += '<a href="javascript:document.title=1" id="evil">x</a>'
    with browser(tmp_path / "chromium") as driver:
        for name in ("r.html", "two.html"):
            driver.get((tmp_path / name).as_uri())
            settled(driver)
            assert [e["message"] for e in driver.get_log("browser") if e["level"] != "INFO"] == []
            injected = tmp_path / f"evil-{name}"
            text = (tmp_path / name).read_text()
            injected.write_text(text.replace("<h1", evil + "<h1", 1))
            driver.get(injected.as_uri())
            driver.execute_script("document.getElementById('evil').click()")
            stopped = []  # by the policy: the script, the handler and the link

            def all_three() -> bool:
                messages = [entry["message"] for entry in driver.get_log("browser")]
                stopped.extend(message for message in messages if "Content Security Policy" in message)  # noqa: B023
                return len(stopped) >= 3  # noqa: B023

            wait_until(all_three)
            settled(driver)
            assert driver.title not in ("pwned", "1")


def settled(driver: Any) -> None:
    """Until what the page had under way has come to the screen."""
    frames = "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))"
    driver.execute_async_script(f"const done = arguments[0]; {frames}")
