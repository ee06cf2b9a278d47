"""Answers that were paid for, kept: a line each, so that a stopped run asks only for what is missing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from harness.common.files import digest
from harness.common.json_text import json_value
from harness.errors import StageError
from harness.types import Details, Translation

_DETAILS = ("prompt_tokens", "served_by", "cost")


class Kept:
    """The answers of one judge, by what was asked. Lines torn by a crash are not read.

    `fresh`: what others have written before is left alone.
    """

    def __init__(self, path: Path | None, fresh: bool = False) -> None:
        self._path = path
        self._answers: dict[str, dict[str, Any]] = {}
        if path is not None and path.is_file() and not fresh:
            for line in path.read_bytes().split(b"\n")[:-1]:
                try:
                    value = json_value(line)
                    self._answers[str(value["asked"])] = {**value, "answer": str(value["answer"])}
                except (ValueError, KeyError, TypeError):
                    continue

    def get(self, question: str) -> Translation | None:
        """The answer to a question with what is known of it, if there is one."""
        found = self._answers.get(digest(question, 32))
        if found is None:
            return None
        details = Details(**{name: found.get(name) for name in _DETAILS})
        return Translation(question, found["answer"], "stop", found.get("n_tokens"), details=details)

    def add(self, answer: Translation) -> None:
        """Keep an answer; with the system when this returns, so that a killed process does not lose it."""
        value = {
            "asked": digest(answer.source, 32),
            "answer": answer.hypothesis,
            "n_tokens": answer.n_tokens,
            **{name: getattr(answer.details, name) for name in _DETAILS},
        }
        value = {name: one for name, one in value.items() if one is not None}
        self._answers[str(value["asked"])] = value
        if self._path is None:
            return
        data = json.dumps(value, ensure_ascii=True) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab+") as stream:
                if stream.seek(0, os.SEEK_END):
                    stream.seek(-1, os.SEEK_END)
                    data = data if stream.read(1) == b"\n" else f"\n{data}"
                stream.write(data.encode())
        except OSError as error:
            raise StageError(f"{self._path}: cannot be written ({error.strerror})") from error
