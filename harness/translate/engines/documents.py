"""Outputs of whole documents that exist already: a file a document, or one file with several."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.common.files import digest
from harness.common.langid import identify, label
from harness.common.langs import language
from harness.common.notices import tell
from harness.common.texts import Text, has_words
from harness.errors import ConfigError, DataError
from harness.translate.engines.outputs import Outputs, file_stem

_SHOWN = 5
_BLANK = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_LETTERS, _SURE = 40, 0.95  # as little text as that, or less certainty, says nothing about the language
_INSTEAD = "outputs of documents are plain text: a file a document, or blank lines between them"


@dataclass(frozen=True)
class DocumentOutputs:
    """The outputs of one system, a document each.

    path   a folder with a file a document, named by the id of the document (`ID` or `ID.txt`); or a file
    table  of a file, how to read it as a table with a row a document, None: plain text
    lang   the language that the outputs should be in
    """

    path: Path
    lang: str
    table: Outputs | None = None

    @cached_property
    def _named(self) -> Mapping[str, str] | None:
        """The output of each id; None where documents have no ids but their order."""
        if self.path.is_dir():
            return self._folder()
        return None if self.table is None else self.table.by_id()

    @cached_property
    def texts(self) -> Sequence[str]:
        """All outputs, in the order of the folder or file. Raises DataError for what is no text."""
        if self._named is not None:
            return list(self._named.values())
        text = Text(self.path, langs=(self.lang,), instead=_INSTEAD)
        return [part for part in _BLANK.split("\n".join(text.lines()).strip("\n")) if part.strip()]

    @property
    def sha256(self) -> str:
        """Hex digest over names and outputs."""
        return digest([sorted((self._named or {}).items()), list(self.texts)])

    def matched(self, ids: Sequence[str]) -> list[str]:
        """The outputs of the documents `ids`, in their order.

        Raises DataError for another number of documents, ids that do not match, a document without output,
        and outputs of which most are in another language than they should be.
        """
        found = self._by_id(ids) if self._named is not None else self._in_order(ids)
        if blank := [name for name, text in zip(ids, found, strict=True) if not has_words(text)]:
            raise DataError(
                f"{self.path}: no text for {len(blank)} of {len(ids)} documents (no letter or figure):"
                f" {_some(blank)}; nothing is scored, remove them from the test set or translate them again"
            )
        self._check_language(ids, found)
        return found

    def _folder(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for path in sorted(self.path.iterdir()):
            if path.name.startswith(".") or not path.is_file():
                continue
            name = file_stem(path) if path.suffix else path.name
            text = Text(path, langs=(self.lang,), instead=_INSTEAD)
            if name in found:
                raise DataError(f"{path}: a second file for the document '{name}'")
            found[name] = "\n".join(text.lines())
        if not found:
            raise DataError(f"{self.path}: holds no files; a file a document is expected, named by its id")
        return found

    def _by_id(self, ids: Sequence[str]) -> list[str]:
        named = self._named or {}
        where = "a file named ID.txt" if self.path.is_dir() else "a row"
        if missing := [name for name in ids if name not in named]:
            extra = [name for name in named if name not in set(ids)]
            have = f"; without a document: {_some(extra)}" if extra else ""
            raise DataError(
                f"{self.path}: no output for {len(missing)} of {len(ids)} documents ({where} for each is"
                f" expected): {_some(missing)}{have}"
            )
        if extra := [name for name in named if name not in set(ids)]:
            raise DataError(
                f"{self.path}: outputs of {len(extra)} documents that the test set does not have:"
                f" {_some(extra)}; take them out"
            )
        return [named[name] for name in ids]

    def _in_order(self, ids: Sequence[str]) -> list[str]:
        if len(self.texts) != len(ids):
            raise DataError(
                f"{self.path}: {len(self.texts)} documents between blank lines, the test set has {len(ids)};"
                " where outputs have blank lines inside, give a folder with a file a document, or a table"
                " with engine.id=COLUMN engine.column=COLUMN"
            )
        return list(self.texts)

    def _check_language(self, ids: Sequence[str], found: Sequence[str]) -> None:
        wanted = label(self.lang)
        others: dict[str, str] = {}
        looked_at = 0
        for name, text in zip(ids, found, strict=True):
            if wanted is None or sum(map(str.isalpha, text[:5000])) < _LETTERS:
                continue
            looked_at += 1
            other, sure = identify(text[:5000])
            if other != wanted and (sure >= _SURE or _of_another_script(other, wanted)):
                others[name] = other
        if not others:
            return
        name, other = next(iter(others.items()))
        message = (
            f"{self.path}: {len(others)} of {looked_at} documents are clearly not in '{self.lang}'"
            f" ({name}: '{other}')"
        )
        if len(others) > looked_at / 2:
            raise DataError(f"{message}; if these are the outputs, set their language: pair.tgt={other}")
        tell(f"{message}; they are scored as they are")


def _of_another_script(other: str, wanted: str) -> bool:
    """Whether the script alone tells two languages apart; several are written in Latin and in Cyrillic."""
    try:
        script = language(other).script
        return script not in ("Latn", "Cyrl") and script != language(wanted).script
    except ConfigError:
        return False


def _some(names: Sequence[str]) -> str:
    shown = (
        "".join(char if char.isprintable() else f"⟨U+{ord(char):04X}⟩" for char in name)
        for name in names[:_SHOWN]
    )
    return ", ".join(shown) + (", …" if len(names) > _SHOWN else "")
