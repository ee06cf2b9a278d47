"""The `command` engine: any program that reads lines and writes as many lines."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.common.langs import language
from harness.errors import ConfigError, StageError, UnavailableError
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.checkpoints.families import check_listed
from harness.types import Translation


class Command(Engine):
    """Translate by a program: one source a line in, one translation a line out.

    command   the command line, without a shell; `{src}`, `{tgt}` are ISO 639-1, `{src3}`, `{tgt3}` 639-3
              codes; null: the model's `command`
    chunk     lines given to one start of the program, stored together when it ends
    timeout   seconds that one chunk may take
    version   a version of yours to keep its outputs apart from another's (the program's own bytes count
              already)

    Line breaks within a source become spaces. Raises UnavailableError when there is no such program;
    StageError naming the line when it fails, hangs or returns another number of lines.
    """

    def __init__(
        self,
        *,
        model: Mapping[str, Any],
        src: str,
        tgt: str,
        command: str | None = None,
        chunk: int = 1000,
        timeout: float = 600.0,
        version: str | None = None,
    ) -> None:
        source, target = language(src), language(tgt)
        check_listed(model, source, target)
        self.sentence_level = bool(model.get("sentence_level", False))
        template = command or model.get("command")
        if not template:
            raise ConfigError(
                "engine 'command' needs a program that reads lines and writes lines, for example"
                " engine.command='apertium -u fr-es'"
            )
        if chunk < 1 or timeout <= 0:
            raise ConfigError("engine.chunk must be at least 1 and engine.timeout above 0")
        codes = {"{src}": source.short, "{tgt}": target.short, "{src3}": source.iso3, "{tgt3}": target.iso3}
        try:
            words = shlex.split(str(template))
        except ValueError as error:
            raise ConfigError(f"engine.command={template}: {error}") from None
        for name, code in codes.items():
            words = [word.replace(name, code) for word in words]
        program = shutil.which(words[0])
        if program is None:
            install = model.get("install")
            hint = f"; install it: {install}" if install else ""
            raise UnavailableError(f"engine.command: no program '{words[0]}' on the PATH{hint}")
        self._words, self._program = words, Path(program)
        self._chunk, self._timeout, self._version = chunk, timeout, version

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return [f"starts the program '{options.get('command') or context.model.get('command')}'"]

    @cached_property
    def identity(self) -> dict[str, Any]:
        """The command line, the bytes of the program and of the files that it names."""
        files = [self._program, *(Path(word) for word in self._words[1:] if Path(word).is_file())]
        hashes = []
        for path in files:
            with path.open("rb") as stream:
                hashes.append(hashlib.file_digest(stream, "sha256").hexdigest())
        return {"engine": "command", "command": self._words, "files": hashes, "version": self._version}

    def translate(self, batch: Batch) -> Translated:
        for start in range(0, len(batch.sources), self._chunk):
            chunk = batch.sources[start : start + self._chunk]
            lines = self._run([" ".join(source.splitlines()) for source in chunk], start)
            yield [
                (start + i, Translation(source, line.strip()))
                for i, (source, line) in enumerate(zip(chunk, lines, strict=True))
            ]

    def _run(self, lines: Sequence[str], start: int) -> list[str]:
        data = "".join(line + "\n" for line in lines).encode("utf-8", "surrogatepass")
        with subprocess.Popen(
            [str(self._program), *self._words[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that a hanging pipeline of it can be ended whole
        ) as process:
            try:
                out, err = process.communicate(data, timeout=self._timeout)
                hung = False
            except subprocess.TimeoutExpired:
                _end(process)
                out, err = process.communicate()
                hung = True
            except BaseException:
                _end(process)
                raise
        found = out.decode("utf-8", "replace").removesuffix("\n").split("\n") if out else []
        complete = out.count(b"\n")
        where = f"{shlex.join(self._words)}: "
        if hung:
            raise StageError(
                f"{where}no end after {self._timeout:g} s, at {_line(lines, complete, start)};"
                " engine.timeout=SECONDS gives it longer, engine.chunk=N fewer lines at once"
            )
        if process.returncode:
            raise StageError(
                f"{where}exit code {process.returncode} at {_line(lines, complete, start)}{_last(err)}"
            )
        if len(found) != len(lines):
            raise StageError(
                f"{where}{len(lines)} lines in, {len(found)} out, from line {start + 1} on;"
                f" it must write one line for each line it reads{_last(err)}"
            )
        return found


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _line(lines: Sequence[str], done: int, start: int) -> str:
    if done >= len(lines):
        return f"the end, after line {start + len(lines)}"
    text = lines[done] if len(lines[done]) <= 60 else lines[done][:59] + "…"
    return f"line {start + done + 1} ({text})"


def _last(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return f"; it said: {lines[-1].strip()[:200]}" if lines else ""
