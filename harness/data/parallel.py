"""What the loaders of parallel sets have in common: one pass over the items, then what was read."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.data.fetch import is_url
from harness.data.reading import TextFile
from harness.data.spool import collect
from harness.protocols import Context, Loader
from harness.types import Bitext, Input, Item

_PROVENANCE = ("url", "citation", "licence", "base")


@dataclass
class Reading:
    """A parallel set being read: `inputs()` and `meta` are complete after the last item."""

    name: str
    items: Iterator[Item]
    inputs: Callable[[], tuple[Input, ...]]
    meta: dict[str, Any] = field(default_factory=dict)


class ParallelSet(Loader):
    """A loader that reads in one pass, so that a sample of a huge set needs little memory."""

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        """Where any option is a URL: that it is downloaded. Where a set comes from is noted, not fetched."""
        values = [value for key, value in options.items() if key not in _PROVENANCE]
        flat = [item for value in values for item in (value if isinstance(value, list | tuple) else [value])]
        return [f"downloads {item}" for item in flat if isinstance(item, str) and is_url(item)]

    @abstractmethod
    def read(self, src: str, tgt: str) -> Reading:
        """Start reading; errors of the data come with the item they are in."""

    def load(self, src: str, tgt: str) -> Bitext:
        """Read everything."""
        reading = self.read(src, tgt)
        items = collect(reading.items)
        return Bitext(reading.name, items, reading.inputs(), reading.meta)


def text_inputs(
    files: Sequence[TextFile], origin: Mapping[str, str | None], counts: Sequence[int] | None = None
) -> tuple[Input, ...]:
    """Text files, read to their end, as inputs; `counts`: how many lines each gave, `n` by default."""
    numbers = [file.n for file in files] if counts is None else counts
    return tuple(
        Input(file.path.name, file.where, file.sha256, n, **origin)
        for file, n in zip(files, numbers, strict=True)
    )


class TextDigest:
    """sha256 of lines as if they stood in a text file, so that any copy of a column hashes alike."""

    def __init__(self) -> None:
        self.n = 0
        self._hash = hashlib.sha256()

    def add(self, line: str) -> None:
        self.n += 1
        self._hash.update(line.replace("\r\n", "\n").encode("utf-8", "surrogatepass"))
        self._hash.update(b"\n")

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def columns(
    items: Iterable[Item], names: Sequence[str], where: str, **origin: str | None
) -> tuple[Iterator[Item], Callable[[], tuple[Input, ...]]]:
    """The items unchanged, and their inputs: the source column and each reference column as text."""
    digests: list[TextDigest] = [TextDigest() for _ in names]

    def counted() -> Iterator[Item]:
        for item in items:
            for digest, text in zip(digests, (item.source, *item.references), strict=False):
                digest.add(text)
            yield item

    def inputs() -> tuple[Input, ...]:
        return tuple(
            Input(name, where, digest.sha256, digest.n, **origin)
            for name, digest in zip(names, digests, strict=True)
            if digest.n
        )

    return counted(), inputs
