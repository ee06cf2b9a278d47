"""Labels given to a run afterwards: labels.json in its folder, so that the record never changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from harness.common.files import write_json
from harness.common.secrets import secret_in
from harness.common.shapes import read_json
from harness.common.typed_json import from_json, shape_of, to_json
from harness.errors import UserError

_NAME = "labels.json"


@dataclass(frozen=True, slots=True)
class Labels:
    """Null where none was given; an empty text clears what the record says."""

    tag: str | None = None
    """A short name to find the run by; it replaces the one given when it was run."""
    note: str | None = None
    """A line for the reader."""


_SHAPE = shape_of(Labels)


def read_labels(folder: Path) -> Labels:
    """The labels of a run. Raises DataError when their file is damaged."""
    path = folder / _NAME
    return from_json(Labels, read_json(path, _SHAPE)) if path.exists() else Labels()


def refuse_secret(what: str, text: str) -> None:
    """Raises UserError for a label that holds a secret, without repeating it: labels go with the store."""
    if found := secret_in(text):
        raise UserError(f"{what} holds {found}: it would be stored with the run, and shown by every verb")


def write_labels(folder: Path, *, tag: str | None = None, note: str | None = None) -> None:
    """Change the labels that are given; the others stay."""
    labels = read_labels(folder)
    labels = replace(
        labels, tag=labels.tag if tag is None else tag, note=labels.note if note is None else note
    )
    write_json(folder / _NAME, to_json(labels))
