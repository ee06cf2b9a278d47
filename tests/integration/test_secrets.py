"""Secrets that were planted in options are refused and found nowhere, whatever a run wrote or printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.common.secrets import redacted, secret_in
from tests.support.made_stores import write_run

PLANTED = "hunter2-planted"


def run(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness", "run", f"results={tmp_path}/results", *words],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        cwd=tmp_path,
        check=False,
    )


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize(
    "word",
    [
        f"engine.base_url=http://user:{PLANTED}@127.0.0.1:9/v1",
        f"engine.extra.api_key={PLANTED}",
        f"data.path=https://127.0.0.1:9/x.tsv?token={PLANTED}",
        f"tag=hf_{'a' * 24}{PLANTED.replace('-', '')}",
    ],
)
def test_an_option_with_a_secret_is_refused_and_not_repeated(tmp_path: Path, word: str) -> None:
    done = run(tmp_path, "model=openai", word)
    assert done.returncode == 2, done.stderr
    assert "is recorded" in done.stderr
    for text in (done.stdout, done.stderr):
        assert PLANTED not in text
        assert PLANTED.replace("-", "") not in text
    assert PLANTED.encode() not in written(tmp_path)


def test_the_key_of_the_environment_is_refused_in_an_option(tmp_path: Path) -> None:
    done = run(tmp_path, f"tag={PLANTED}", OPENAI_API_KEY=PLANTED)
    assert done.returncode == 2
    assert "the value of $OPENAI_API_KEY" in done.stderr
    assert PLANTED not in done.stderr
    assert PLANTED.encode() not in written(tmp_path)


def test_a_secret_in_a_file_of_the_user_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "conf" / "model").mkdir(parents=True)
    text = f"name: mine\nid: http://user:{PLANTED}@127.0.0.1/m\nfamily: llm\n"
    (tmp_path / "conf" / "model" / "mine.yaml").write_text(text, encoding="utf-8")
    done = run(tmp_path, "--config-dir", str(tmp_path / "conf"), "model=mine")
    assert done.returncode == 2, done.stderr
    assert PLANTED not in done.stderr
    assert PLANTED.encode() not in written(tmp_path / "results")


@pytest.mark.parametrize("verb", ["note", "tag"])
@pytest.mark.parametrize("text", [f"http://me:{PLANTED}@host/v1", f"hf_{'a' * 24}{PLANTED.replace('-', '')}"])
def test_a_label_with_a_secret_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, text: str
) -> None:
    write_run(tmp_path, "20260101-a", "one", ["a"], [["a"]])
    assert main([verb, "latest", text, "--results", str(tmp_path)]) == 2
    assert "holds" in capsys.readouterr().err
    assert PLANTED.encode() not in written(tmp_path) and b"hf_aaaa" not in written(tmp_path)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot reach http://me:pw12@host/v1", "cannot reach http://***@host/v1"),
        ("Authorization: Bearer abcdefgh1234", "Authorization: Bearer ***"),
        ("http://host/v1 and a@b.org", "http://host/v1 and a@b.org"),
    ],
)
def test_messages_hide_secrets_and_nothing_else(text: str, shown: str) -> None:
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:8000/v1", "Into {target_language}: {text}", "a token", ""]
)
def test_ordinary_texts_hold_no_secret(text: str) -> None:
    assert secret_in(text) is None
