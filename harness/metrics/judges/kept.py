"""Answers that were paid for, kept: a line each, so that a stopped run asks only for what is missing."""

from __future__ import annotations

import json
import os
from pathlib import Path

from harness.common.files import digest
from harness.errors import StageError


class Kept:
    """The answers of one judge, by what was asked. Lines torn by a crash are not read."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._answers: dict[str, str] = {}
        if path is not None and path.is_file():
            for line in path.read_bytes().split(b"\n")[:-1]:
                try:
                    value = json.loads(line)
                    self._answers[str(value["asked"])] = str(value["answer"])
                except (ValueError, KeyError, TypeError):
                    continue

    def get(self, question: str) -> str | None:
        """The answer to a question, if there is one."""
        return self._answers.get(digest(question, 32))

    def add(self, question: str, answer: str) -> None:
        """Keep an answer; on disk when this returns."""
        key = digest(question, 32)
        self._answers[key] = answer
        if self._path is None:
            return
        data = json.dumps({"asked": key, "answer": answer}, ensure_ascii=True) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab+") as stream:
                if stream.seek(0, os.SEEK_END):
                    stream.seek(-1, os.SEEK_END)
                    data = data if stream.read(1) == b"\n" else f"\n{data}"
                stream.write(data.encode())
        except OSError as error:
            raise StageError(f"{self._path}: cannot be written ({error.strerror})") from error
