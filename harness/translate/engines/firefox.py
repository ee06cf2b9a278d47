"""The `firefox` engine: Mozilla's models for Firefox, run by fxtranslate (https://pypi.org/project/fxtranslate)."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from harness.common.langs import language
from harness.common.limits import Reads
from harness.common.notices import tell
from harness.errors import DataError, UnavailableError, first_line, missing_package
from harness.protocols import Batch, Engine, Translated
from harness.translate.checkpoints.families import check_listed
from harness.translate.checkpoints.loading import versions
from harness.types import Translation

_CHUNK = 16  # texts that are stored together


@dataclass(frozen=True, slots=True)
class Leg:
    """The files of one pair. `shortlist`: the words that a source may become; None: all are."""

    name: str
    model: Path
    src_vocab: Path
    tgt_vocab: Path
    shortlist: Path | None

    @property
    def files(self) -> list[Path]:
        found = [self.model, self.src_vocab, self.tgt_vocab, self.shortlist]
        return list(dict.fromkeys(path for path in found if path is not None))


class Firefox(Engine):
    """Translate with the models that Firefox translates pages with, on the CPU.

    pivot      the language to go through where a pair has no model (recorded); null: refuse the pair
    shortlist  choose among the words that the model's shortlist gives, as Firefox does, where it has one

    `model.path` is a folder with a subfolder for each pair (`fr-en`), null the cache of fxtranslate.
    Sentences are split by fxtranslate itself; one that is longer than a model takes is cut there. Raises
    UnavailableError when the package or a model is not there, DataError for one that is damaged.
    """

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads(("path",))],
        src: str,
        tgt: str,
        pivot: str | None = "en",
        shortlist: bool = True,
    ) -> None:
        if importlib.util.find_spec("fxtranslate") is None:
            raise missing_package("engine 'firefox'", "fxtranslate", extra="firefox")
        source, target = language(src), language(tgt)
        check_listed(model, source, target)
        root = Path(str(model["path"])).expanduser() if model.get("path") else _cache()
        routes = [[(source.short, target.short)]]
        if pivot is not None and (through := language(pivot).short) not in (source.short, target.short):
            routes.append([(source.short, through), (through, target.short)])
        self._legs = _legs(root, routes, shortlist)
        if len(self._legs) > 1:
            tell(f"there is no model {source.short}-{target.short}: translated through {through}")

    @cached_property
    def identity(self) -> dict[str, Any]:
        """The pairs on the way, and the bytes of their files."""
        hashes = hashlib.sha256()
        for leg in self._legs:
            for path in leg.files:
                with path.open("rb") as stream:
                    hashes.update(hashlib.file_digest(stream, "sha256").digest())
        return {
            "engine": "firefox",
            "route": [leg.name for leg in self._legs],
            "shortlist": [leg.shortlist is not None for leg in self._legs],
            "sha256": hashes.hexdigest(),
            "versions": versions("fxtranslate"),
        }

    def translate(self, batch: Batch) -> Translated:
        translators = self._translators
        for start in range(0, len(batch.sources), _CHUNK):
            done = []
            for index, source in enumerate(batch.sources[start : start + _CHUNK], start=start):
                text = source
                for translator in translators:
                    text = translator.translate_long(text)
                done.append((index, Translation(source, text.strip())))
            yield done

    @cached_property
    def _translators(self) -> list[Any]:
        import fxtranslate

        loaded = []
        for leg in self._legs:
            try:
                loaded.append(
                    fxtranslate.Translator(
                        model=leg.model.read_bytes(),
                        src_vocab=leg.src_vocab.read_bytes(),
                        trg_vocab=leg.tgt_vocab.read_bytes(),
                        shortlist=leg.shortlist.read_bytes() if leg.shortlist else None,
                    )
                )
            except ValueError as error:
                raise DataError(f"{leg.model}: not a usable model ({first_line(error)})") from error
        return loaded


def _cache() -> Path:
    import fxtranslate

    return Path(fxtranslate.Cache().root)


def _legs(root: Path, routes: list[list[tuple[str, str]]], shortlist: bool) -> list[Leg]:
    """The files of the first route that is whole. UnavailableError naming the pairs that are not there."""
    lacking: list[str] = []
    for route in routes:
        missing = [f"{a}-{b}" for a, b in route if not (root / f"{a}-{b}").is_dir()]
        if not missing:
            return [_leg(root / f"{a}-{b}", shortlist) for a, b in route]
        lacking += missing
    raise UnavailableError(
        f"{root}: no model {lacking[0]}"
        + (f", and for the way around it no {' and '.join(lacking[1:])}" if lacking[1:] else "")
        + f"; get what Mozilla has with: fxtranslate models add {routes[0][0][0]} {routes[0][0][1]}"
    )


def _leg(folder: Path, shortlist: bool) -> Leg:
    def file(*patterns: str) -> Path | None:
        return next((path for pattern in patterns for path in sorted(folder.glob(pattern))), None)

    model = file("model.*.bin")
    src_vocab, tgt_vocab = file("srcvocab.*.spm", "vocab.*.spm"), file("trgvocab.*.spm", "vocab.*.spm")
    if model is None or src_vocab is None or tgt_vocab is None:
        raise DataError(f"{folder}: no model.*.bin with its vocab.*.spm, which a model for Firefox has")
    return Leg(folder.name, model, src_vocab, tgt_vocab, file("lex.*.bin") if shortlist else None)
