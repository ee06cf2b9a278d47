"""Neural metrics in their own environment, driven over JSON lines."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from harness.common.limits import Count
from harness.common.progress import bar
from harness.errors import ConfigError, StageError
from harness.metrics import venvs
from harness.metrics.base import Mean, check
from harness.protocols import Context, Statistics

BACKENDS = Path(__file__).resolve().parent / "backends"
_CHUNK = 64  # rows a request: small enough for a moving progress bar


class ScoringProcess:
    """A scoring process. `with ScoringProcess(…) as w: w.load(…); w.score(…)`; its stderr goes to `log`."""

    def __init__(self, name: str, python: Path, backend: Path, log: Path) -> None:
        self._name = name
        self._log = log
        self._count = 0
        log.parent.mkdir(parents=True, exist_ok=True)
        self._stderr = log.open("wb")
        command = [str(python), str(BACKENDS / "serve.py"), str(backend)]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr
            )
        except OSError as error:
            self._stderr.close()
            raise StageError(f"{name}: {python} cannot be started ({error.strerror})") from error

    def load(self, options: dict[str, Any]) -> dict[str, Any]:
        """Load the model; returns its identity (resolved revision, package, …)."""
        return dict(self._ask({"op": "load", "options": options})["identity"])

    def score(self, rows: Sequence[dict[str, Any]]) -> list[float | None]:
        """One score per row, None where the model gives none."""
        scores = self._ask({"op": "score", "rows": list(rows)})["scores"]
        if len(scores) != len(rows):
            raise StageError(f"{self._name}: the worker gave {len(scores)} scores for {len(rows)} rows")
        return [None if value is None else float(value) for value in scores]

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._count += 1
        line = b""
        try:
            self._process.stdin.write(json.dumps({"id": self._count, **request}).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            pass  # the process is gone: reported below, with its last words
        if not line:
            code = self._process.wait()
            raise StageError(
                f"{self._name}: the worker ended with code {code}: {self._last_words()} (all: {self._log})"
            )
        answer: dict[str, Any] = json.loads(line)
        if answer.get("id") != self._count:
            raise StageError(
                f"{self._name}: the worker answered request {answer.get('id')}, not {self._count}"
            )
        if "error" in answer:
            self._stderr.write(answer.get("trace", "").encode())
            self._stderr.flush()
            raise StageError(f"{self._name}: {answer['error']} (all: {self._log})")
        return answer

    def _last_words(self) -> str:
        lines = [line.strip() for line in self._log.read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1] if lines else "no output"

    def __enter__(self) -> ScoringProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            if kind is None:
                self._ask({"op": "stop"})
            else:
                self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()
        self._stderr.close()


class Neural(Mean):
    """A metric that a model computes in another environment; corpus score: mean over segments.

    `backend` is one of ours (comet, metricx, bleurt) or the path of a file like them. `reference`
    `required` reads references (of several: the mean of the scores, `best`, or the `first`), `none`
    does not. The direction is data: `higher_is_better`.
    """

    def __init__(
        self,
        backend: str,
        model: str,
        requirements: Sequence[str],
        label: str | None = None,
        higher_is_better: bool = True,
        reference: Literal["required", "none"] = "required",
        several_references: Literal["mean", "best", "first"] = "mean",
        revision: str | None = None,
        precision: Literal["fp32", "fp16", "bf16"] = "fp32",
        batch_size: Count = 8,
        tokenizer: str | None = None,
        install: bool = False,
        venv: str | None = None,
    ) -> None:
        ours = {path.stem: path for path in BACKENDS.glob("*.py") if path.stem not in ("serve", "__init__")}
        self._backend = ours.get(backend, Path(backend).expanduser().resolve())
        if not self._backend.is_file():
            raise ConfigError(
                f"backend '{backend}' is neither one of ours ({', '.join(sorted(ours))}) nor a file"
            )
        self.name = label or model.rsplit("/", 1)[-1]
        self.higher_is_better = higher_is_better
        self._reads = reference == "required"
        self.needs_source = self._backend.stem != "bleurt"
        self._several = several_references
        self._requirements = list(requirements)
        self._install = install
        self._venv = venv
        self._options = {
            "model": model,
            "revision": revision,
            "precision": precision,
            "batch_size": batch_size,
            "tokenizer": tokenizer,
        }
        self._identity: dict[str, Any] = {}
        self._kept: ExitStack | None = None
        self._worker: ScoringProcess | None = None
        self._slug = "".join(c if c.isalnum() else "-" for c in self._backend.stem)

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        found = []
        if options.get("install"):
            found.append(f"installs packages: {', '.join(options.get('requirements') or ()) or 'none'}")
        if options.get("venv"):
            found.append(f"starts the interpreter of {options['venv']}")
        if str(options.get("backend", "")).endswith(".py"):
            found.append(f"runs the file '{options['backend']}'")
        model = str(options.get("model") or "")
        if model and not Path(model).expanduser().exists():
            found.append(f"starts a process that loads {model}, from the hub where it is not here")
        return found

    @property
    def signature(self) -> str:
        """Model, resolved revision, precision, package; what is not known before scoring is a `?`."""
        known = {"revision": self._options["revision"] or "?", "package": "?", **self._identity}
        parts = {
            "model": self._options["model"],
            "revision": known["revision"],
            "precision": self._options["precision"],
            "refs": self._several if self._reads else "none",
            "package": str(known["package"]).replace(" ", "-"),
        }
        return "|".join(f"{key}:{value}" for key, value in parts.items())

    def prepare(self) -> None:
        """Create the environment now if that is allowed; UnavailableError if not."""
        self._python()

    def _python(self) -> Path:
        return venvs.python(self._slug, self._requirements, self._install, self._venv)

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        """`(n, 2)`: the model's score and 1, or zeros where it gave none.

        Raises UnavailableError when the environment is missing and may not be created, StageError when
        the worker fails.
        """
        check(self.name, sources, hypotheses, references if self._reads else None)
        python = self._python()
        rows: list[dict[str, Any]] = []
        owner: list[int] = []
        for index, (source, hypothesis) in enumerate(zip(sources, hypotheses, strict=True)):
            found: list[str | None] = list(references[index]) if self._reads else [None]
            for reference in found[:1] if self._several == "first" else found:
                rows.append({"source": source, "hypothesis": hypothesis, "reference": reference})
                owner.append(index)
        scores = self._score(python, rows)
        return self.rows(self._per_segment(len(hypotheses), owner, scores))

    def __enter__(self) -> Neural:
        """Within `with metric:` the model stays loaded from one call of `statistics` to the next."""
        self._kept = ExitStack()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        kept, self._kept, self._worker = self._kept, None, None
        if kept is not None:
            kept.__exit__(kind, value, trace)

    def _score(self, python: Path, rows: list[dict[str, Any]]) -> list[float | None]:
        if self._kept is None:
            with self:
                return self._score(python, rows)
        if self._worker is None:
            log = venvs.folder(self._slug, self._requirements).with_suffix(".log")
            self._worker = self._kept.enter_context(ScoringProcess(self.name, python, self._backend, log))
            self._identity = self._worker.load(self._options)
        scores: list[float | None] = []
        with bar(self.name, len(rows)) as ticker:
            for start in range(0, len(rows), _CHUNK):
                part = self._worker.score(rows[start : start + _CHUNK])
                scores += part
                ticker.advance(len(part))
        return scores

    def _per_segment(self, n: int, owner: list[int], scores: list[float | None]) -> list[float | None]:
        found: list[list[float]] = [[] for _ in range(n)]
        for index, value in zip(owner, scores, strict=True):
            if value is not None:
                found[index].append(value)
        pick = max if self.higher_is_better else min
        return [
            None if not values else (pick(values) if self._several == "best" else sum(values) / len(values))
            for values in found
        ]
