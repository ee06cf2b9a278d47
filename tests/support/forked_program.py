"""Many real processes of the program for the price of one start: a parent that has loaded it, and forks.

`python -m tests.support.forked_program` reads one JSON object a line, with steps, and answers with a list of
results. The steps may have a mount namespace of their own, so that one can mount a small or read-only
folder for others.
A step is {"run": [words], "env": {…}, "limit": bytes a file} or {"sh": "a shell command, run as root"}.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.program import PATIENCE, ROOT, Done

_NEWNS, _NEWUSER = 0x00020000, 0x10000000


@dataclass(frozen=True)
class Ended:
    """A process that came to its end."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        return (self.err.strip().splitlines() or [""])[-1]


class Zygote:
    """The parent process, spoken to over its pipes."""

    def __init__(self, env: dict[str, str] | None = None, models: bool = False) -> None:
        settings = {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "COLUMNS": "200", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "tests.support.forked_program", *(["models"] if models else [])]
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **settings, **(env or {})},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def steps(self, cwd: Path, *steps: dict[str, Any], namespace: bool = False) -> list[Ended]:
        """The results of the steps, run one after the other in `cwd`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        asked = {"cwd": os.fspath(cwd), "steps": steps, "namespace": namespace}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return [Ended(*answer) for answer in json.loads(self._process.stdout.readline())]

    def run(self, cwd: Path, *words: str, **more: Any) -> Ended:
        """One command of the program."""
        return self.steps(cwd, {"run": words, **more})[0]

    def done(self, cwd: Path, *words: str, **more: Any) -> Done:
        """The same as a finished process."""
        ended = self.run(cwd, *words, **more)
        return Done(words, ended.code, ended.out, ended.err)

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def zygote(env: dict[str, str] | None = None, models: bool = False) -> Iterator[Zygote]:
    """A parent with settings of its own, which has loaded PyTorch too when it is for `models`."""
    made = Zygote(env, models)
    try:
        yield made
    finally:
        made.end()


def can_mount() -> bool:
    """Whether a process of this user may mount a folder in a namespace of its own."""
    command = ["unshare", "-m" if os.geteuid() == 0 else "-Urm", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _enter_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEWNS if uid == 0 else _NEWNS | _NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    if uid:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


def _step(step: dict[str, Any]) -> tuple[int, str, str]:
    if "sh" in step:
        done = subprocess.run(["sh", "-ec", step["sh"]], capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os.environ.update(step.get("env") or {})
            if step.get("limit"):
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (step["limit"], step["limit"]))
            _become_the_program(step["run"])
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "backslashreplace"))
    return status, texts[0], texts[1]


def _become_the_program(words: list[str]) -> None:
    from harness.cli.main import main

    sys.path.insert(0, str(Path.cwd()))  # as `python -m` does
    try:
        code = main(words)
    except SystemExit as stop:  # `--help`
        code = int(stop.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 99
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _session(asked: dict[str, Any], answer: int) -> None:
    os.chdir(asked["cwd"])
    if asked["namespace"]:
        _enter_namespace()
    results = [_step(step) for step in asked["steps"]]
    with os.fdopen(answer, "w") as pipe:
        json.dump(results, pipe)
    os._exit(0)


def _serve() -> None:
    import sacrebleu

    import harness.cli.verbs.run
    import harness.data.loaders.table
    import harness.translate.runner
    from harness import registry
    from harness.common.langid import label
    from harness.config.schema import compose
    from harness.protocols import Batch
    from harness.text.lexicon import known

    # Loaded once, for all the children: modules, and the tables that the program keeps once it has read them.
    assert sacrebleu and harness.cli.verbs.run and compose([]) and label("fr")
    registry.build("encoder", {"kind": "use"}).encode(["mot"])
    assert known("mot", "fr") and known("słowo", "pl")
    gloss = registry.build("engine", {"kind": "gloss"}, model={}, src="fr", tgt="pl")
    assert list(gloss.translate(Batch(["Le mot."])))
    if sys.argv[1:] == ["models"]:
        from transformers import MarianMTModel, MarianTokenizer

        assert MarianMTModel and MarianTokenizer
    for line in sys.stdin:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            _session(json.loads(line), write)
        os.close(write)
        with os.fdopen(read) as pipe:
            found = pipe.read()
        os.waitpid(child, 0)
        print(found or "[]", flush=True)


if __name__ == "__main__":
    _serve()
