"""The `command` engine: any program that reads lines and writes as many lines."""

from __future__ import annotations

import codecs
import hashlib
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from harness.common.decoding import guess, is_forbidden_utf8
from harness.common.langs import language
from harness.common.limits import Above, Count, Reads
from harness.common.notices import tell
from harness.common.paths import is_file
from harness.common.tables import counted
from harness.errors import (
    ConfigError,
    DataError,
    MisalignedError,
    SegmentError,
    StageError,
    UnavailableError,
)
from harness.protocols import Batch, Context, Engine, Translated
from harness.translate.answers import Answer, chosen, identity
from harness.translate.checkpoints.families import check_listed
from harness.translate.engines.encoding import Lines, known
from harness.translate.engines.exchange import Exchange, Pace, Stopped
from harness.translate.engines.program import Program
from harness.types import Translation

_SHELL = set("|&;<>")
_BUILTINS = {"cd", "export", "source", "alias", "eval"}
_INTERPRETERS = {".py": "python3", ".sh": "sh", ".pl": "perl", ".rb": "ruby", ".js": "node"}


class Command(Engine):
    """Translate by a program: one source a line in, one translation a line out.

    command   the command line, without a shell; `{src}`, `{tgt}` are ISO 639-1, `{src3}`, `{tgt3}` 639-3
              codes; null: the model's `command`
    chunk     lines given to one start of the program
    timeout   seconds without a line from the program before it is taken to hang
    encoding  of what the program reads and writes, by Python's name
    output_encoding  of what it writes, where that is another; null: `encoding`
    version   a version of yours to keep its outputs apart from another's (the program's own bytes count
              already)
    answer    filters that clean an output: `raw` none, `strip` all, or a list (see `translate.answers`)

    A program that answers line by line is given a line when it has answered the one before, and what it
    answered before it failed or was killed is kept; of one that reads ahead that which it was given and has
    answered whole (see `exchange`). Line breaks within a source become spaces. Raises UnavailableError when
    the program cannot be started; SegmentError for the line on which it fails or hangs; MisalignedError when
    it writes more lines than it was given, or ends well with fewer; DataError when it writes another
    encoding.
    """

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads(("command", "sentence_level"))],
        src: str,
        tgt: str,
        command: str | None = None,
        chunk: Count = 1000,
        timeout: Annotated[float, Above(0)] = 600.0,
        encoding: str = "utf-8",
        output_encoding: str | None = None,
        version: str | float | None = None,
        answer: Answer = "raw",
    ) -> None:
        self.filters = chosen(answer)
        source, target = language(src), language(tgt)
        check_listed(model, source, target)
        self.sentence_level = bool(model.get("sentence_level", False))
        template = str(command or model.get("command") or "")
        if not template.strip():
            raise ConfigError(
                "engine 'command' needs a program that reads lines and writes lines, for example"
                " engine.command='apertium -u fr-es'"
            )
        codes = {"{src}": source.short, "{tgt}": target.short, "{src3}": source.iso3, "{tgt3}": target.iso3}
        words = _words(template)
        for name, code in codes.items():
            words = [word.replace(name, code) for word in words]
        self._words, self._program = words, _found(words[0], model.get("install"))
        self._chunk, self._timeout, self._version = chunk, timeout, version
        self._encoding, self._tgt, self._pace = known(encoding), tgt, Pace()
        self._output = known(output_encoding, "output_encoding") if output_encoding else self._encoding
        self._wrote_utf8 = False  # a character beyond ASCII, as declared

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        return [f"starts the program '{options.get('command') or context.model.get('command')}'"]

    @cached_property
    def identity(self) -> dict[str, Any]:
        """The command line, the bytes of the program and of the files that it names."""
        files = [self._program, *(Path(word) for word in self._words[1:] if is_file(word))]
        hashes = []
        for path in files:
            with path.open("rb") as stream:
                hashes.append(hashlib.file_digest(stream, "sha256").hexdigest())
        other = {} if self._encoding == "utf-8" else {"encoding": self._encoding}
        other |= {} if self._output == self._encoding else {"output_encoding": self._output}
        other |= identity(self.filters)
        return {
            "engine": "command", "command": self._words, "files": hashes, "version": self._version, **other
        }  # fmt: skip

    def translate(self, batch: Batch) -> Translated:
        for start in range(0, len(batch.sources), self._chunk):
            chunk = batch.sources[start : start + self._chunk]
            at = start
            for lines in self._run([" ".join(source.splitlines()) for source in chunk], start):
                yield [
                    (at + i, Translation(batch.sources[at + i], line.strip())) for i, line in enumerate(lines)
                ]
                at += len(lines)

    def _run(self, lines: Sequence[str], start: int) -> Iterator[list[str]]:
        """The translations of consecutive lines, as soon as it is known that they are theirs.

        `start` is the number of lines before them, for messages.
        """
        coding = Lines(self._encoding, self._output, self._shown)
        encoded, problem = _encoded(coding, lines, start)
        if encoded:
            yield from self._answers(lines[: len(encoded)], encoded, coding, start)
        if problem is not None:
            raise problem

    def _answers(
        self, lines: Sequence[str], encoded: Sequence[bytes], coding: Lines, start: int
    ) -> Iterator[list[str]]:
        with self._started(coding) as program:
            given = 0
            try:
                for found in Exchange(program, encoded, self._timeout, self._pace).answers():
                    yield [
                        self._decoded(line, coding, lines[given + k], given + k == 0)
                        for k, line in enumerate(found)
                    ]
                    given += len(found)
            except Stopped as stopped:
                raise self._explained(stopped, program, lines, start) from None
            if program.code:
                tell(f"{self._shown}: {_ended(program.code)}, after it had answered every line")

    def _explained(self, stopped: Stopped, program: Program, lines: Sequence[str], start: int) -> StageError:
        written = stopped.written
        if stopped.why == "silence":
            return SegmentError(
                f"{self._shown}: timed out after {self._timeout:g} s without a line, at"
                f" {_line(lines, written, start)}; raise engine.timeout=SECONDS, or send fewer lines"
                " at once with engine.chunk=N"
            )
        if stopped.why == "death":
            code = program.code or 0
            return SegmentError(
                f"{self._shown}: {_ended(code)} at {_line(lines, written, start)}{program.last_words()}"
            )
        count = f"more than the {len(lines)} lines"
        if stopped.why != "surplus":
            count = f"{counted(written, 'line')} for {len(lines)}"
        return MisalignedError(
            f"{self._shown}: the program answered {count} that it was given, from '{_short(lines[0])}' on: it"
            f" must print one line for each{program.last_words()}",
            stopped.given,
        )

    @property
    def _shown(self) -> str:
        return shlex.join(self._words)

    def _started(self, coding: Lines) -> Program:
        try:
            return Program([str(self._program), *self._words[1:]], coding.split)
        except OSError as error:
            raise UnavailableError(
                f"engine.command: '{self._program}' cannot be started ({error.strerror}); name the"
                f" interpreter of its first line (#!): engine.command='{_with_interpreter(self._words)}'"
            ) from None

    def _decoded(self, line: bytes, coding: Lines, source: str, first: bool) -> str:
        if first and self._output == "utf-8" and line.startswith(codecs.BOM_UTF8):
            tell(f"{self._shown}: the byte-order mark at the beginning of its output is left out")
            line = line.removeprefix(codecs.BOM_UTF8)
        try:
            text = line.decode(coding.written)
        except UnicodeDecodeError as error:
            problem = (
                f"{self._shown}: its answer to '{_short(source)}' is not {coding.name}"
                f" (byte 0x{line[error.start]:02x}, column {error.start + 1})"
            )
            told = "answers before it are" if self._wrote_utf8 else "it is but for halves of characters"
            if self._wrote_utf8 or is_forbidden_utf8(line):
                raise SegmentError(
                    f"{problem}, though {told}: correct what the program writes there"
                ) from None
            found = guess(line, (self._tgt,)) or "cp1252"
            raise DataError(
                f"{problem}; say what it writes, for example engine.output_encoding={found} (or"
                f" engine.encoding={found}, if it reads that, too)"
            ) from None
        self._wrote_utf8 |= not text.isascii()
        return text


def _encoded(coding: Lines, lines: Sequence[str], start: int) -> tuple[list[bytes], SegmentError | None]:
    """The lines up to the first that the program's encoding cannot hold, and the error for that one."""
    encoded: list[bytes] = []
    for number, line in enumerate(lines, start=start + 1):
        try:
            encoded.append(coding.encoded(line, first=not encoded))
        except UnicodeEncodeError as error:
            return encoded, SegmentError(
                f"line {number}: engine.encoding={coding.encoding} has no '{error.object[error.start]}'"
            )
    return encoded, None


def _words(template: str) -> list[str]:
    """The words of a command line; ConfigError for one that only a shell understands."""
    try:
        lexer = shlex.shlex(template, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        lexer.commenters = ""
        tokens, words = list(lexer), shlex.split(template)
    except ValueError as error:
        raise ConfigError(f"engine.command={template}: {error}") from None
    sign = next((token for token in tokens if token and set(token) <= _SHELL), None)
    first = words[0]
    if first in _BUILTINS or ("=" in first and "/" not in first) or "`" in template or "$(" in template:
        sign = sign or first
    if sign is not None and first not in ("sh", "bash", "zsh"):
        script = shlex.quote(template)
        raise ConfigError(
            f"engine.command={template}: '{sign}' needs a shell, and the program is started without one:"
            f' engine.command="sh -c {script}"'
        )
    return words


def _found(word: str, install: Any) -> Path:
    """The program of that name; UnavailableError for one that is not there or not executable."""
    program = shutil.which(word)
    if program is not None:
        return Path(program)
    if is_file(word):
        raise UnavailableError(
            f"engine.command: '{word}' is not executable: chmod +x {shlex.quote(word)}, or name its"
            f" interpreter: engine.command='{_with_interpreter([word])}'"
        )
    hint = f"; install it: {install}" if install else ""
    problem = f"no such file: '{word}'" if "/" in word else f"no program '{word}' on the PATH"
    raise UnavailableError(f"engine.command: {problem}{hint}")


def _with_interpreter(words: Sequence[str]) -> str:
    return f"{_INTERPRETERS.get(Path(words[0]).suffix, 'sh')} {shlex.join(words)}"


def _ended(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"killed by signal {-code}"


def _line(lines: Sequence[str], done: int, start: int) -> str:
    if done >= len(lines):
        return f"the end, after line {start + len(lines)}"
    return f"line {start + done + 1} ({_short(lines[done])})"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
