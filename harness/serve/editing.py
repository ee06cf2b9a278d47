"""Correcting an alignment: what the editor is given, and the gold files that it saves.

    results/gold/<documents>-<digest of the segments>/<author>.jsonl and .txt

Each author has a file of their own, so that two can be compared; who saves over a state that they have not
seen (the same author in two windows) is refused.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.align.goldfile import GoldFile, GoldHeader, GoldSide, complete, read_gold, side_of
from harness.common.files import digest, read_text, write_atomic
from harness.common.locks import alone
from harness.common.shapes import Keys, mismatch
from harness.errors import DataError
from harness.results.store import RunInfo
from harness.serve.answers import Conflict, NotFound, answer, posted, told
from harness.serve.catalogue import Catalogue
from harness.types import Bead

_BEAD = Keys({"src": [int], "tgt": [int]}, {"flags": [str]})
AUTHOR = re.compile(r"[\w-]{1,40}")


def routes(catalogue: Catalogue) -> list[Route]:
    """The routes of the editor."""
    editing = Editing(catalogue)
    return [
        Route("/api/align/{run_id}", told(editing.show), methods=["GET"]),
        Route("/api/align/{run_id}", posted(editing.save), methods=["POST"]),
    ]


class Editing:
    """Handlers over one store; one save at a time, whoever else serves it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def show(self, request: Request) -> Response:
        """Both documents, the beads to begin with, and who has saved what.

        With `author` and a file of theirs, its beads; else those of the run.
        """
        run, documents = self._documents(request)
        place = _place(request.query_params.get("doc", "0"), documents)
        document = documents[place]
        src, tgt = side_of(document["src"]), side_of(document["tgt"])
        folder = self._folder(src, tgt)
        gold = None
        author = request.query_params.get("author", "")
        path = folder / f"{_author(author)}.jsonl" if author else None
        if path is not None and path.is_file():
            gold = read_gold(self.catalogue.within(path))
        beads = gold.beads if gold else [_bead(bead) for bead in document["beads"]]
        return answer(
            {
                "documents": [f"{one['src']['id']} – {one['tgt']['id']}" for one in documents],
                "doc": place,
                "src": document["src"],
                "tgt": document["tgt"],
                "beads": [_json(bead) for bead in beads],
                "free": _is_free(document),
                "revision": gold.header.revision if gold else 0,
                "saved": gold.header.saved if gold else None,
                "files": _saved(folder),
                "folder": str(folder),
                "command": _command(run, folder),
            }
        )

    def save(self, request: Request, value: Mapping[str, Any]) -> Response:
        """Check and write. Raises DataError for beads that cannot be, Conflict over an unseen state."""
        run, documents = self._documents(request)
        document = documents[_place(str(value.get("doc", "0")), documents)]
        src, tgt = side_of(document["src"]), side_of(document["tgt"])
        author = _author(value.get("author"))
        free = _is_free(document)
        beads = complete(_beads(value.get("beads")), src, tgt, free)
        path = self._folder(src, tgt) / f"{author}.jsonl"
        with alone(self.catalogue.within(self.catalogue.root / "gold" / ".lock")):
            there = read_gold(self.catalogue.within(path)).header if path.is_file() else None
            revision = there.revision if there else 0
            if value.get("revision") != revision:
                raise Conflict(
                    f"{author} has saved this alignment elsewhere meanwhile"
                    f" ({there.saved if there else 'and removed it'}); load that state, or save under"
                    " another name"
                )
            header = GoldHeader(
                gold=1,
                src=src,
                tgt=tgt,
                author=author,
                saved=datetime.now(UTC).isoformat(timespec="seconds"),
                base={
                    "run": run.run_id,
                    "aligner": run.record.config.get("aligner", {}) if run.record else {},
                    "beads": digest([[bead["src"], bead["tgt"]] for bead in document["beads"]], 16),
                },
                revision=revision + 1,
                free=free,
            )
            gold = GoldFile(header, beads)
            write_atomic(path.with_suffix(".txt"), gold.vecalign())
            write_atomic(path, gold.jsonl())
        return answer(
            {
                "revision": header.revision,
                "saved": header.saved,
                "path": str(path),
                "files": _saved(path.parent),
                "command": _command(run, path.parent, author),
            }
        )

    def _documents(self, request: Request) -> tuple[RunInfo, list[dict[str, Any]]]:
        run = self.catalogue.run(request.path_params["run_id"])
        found = self.catalogue.alignment(run.run_id) if run and run.state != "damaged" else None
        if run is None or not found or not found.get("documents"):
            raise NotFound(f"no run '{request.path_params['run_id']}' with aligned documents in this store")
        return run, found["documents"]

    def _folder(self, src: GoldSide, tgt: GoldSide) -> Path:
        """Where the gold files of these two documents are; another segmentation is another folder."""
        name = re.sub(r"[^\w-]+", "_", f"{src.id}--{tgt.id}")[:80]
        texts = [[s.text for s in side.segments] for side in (src, tgt)]
        return self.catalogue.within(self.catalogue.root / "gold" / f"{name}-{digest(texts, 8)}")


def _is_free(document: Mapping[str, Any]) -> bool:
    """Whether links of the run cross, so that those of a person may."""
    links = sorted((bead["src"], bead["tgt"]) for bead in document["beads"] if bead["src"] and bead["tgt"])
    return any(after[1][0] < before[1][0] for before, after in pairwise(links))


def _place(text: str, documents: list[dict[str, Any]]) -> int:
    if not text.isdecimal() or int(text) >= len(documents):
        raise NotFound(f"doc={text}: the run has {len(documents)} pairs of documents, numbered from 0")
    return int(text)


def _author(name: object) -> str:
    if not isinstance(name, str) or not AUTHOR.fullmatch(name):
        raise DataError("author: 1 to 40 letters, digits, _ or -, such as ann")
    return name


def _bead(value: Mapping[str, Any]) -> Bead:
    flags = tuple(value.get("flags") or ())
    return Bead(tuple(value["src"]), tuple(value["tgt"]), None, value.get("confidence"), flags)


def _json(bead: Bead) -> dict[str, Any]:
    return {
        "src": list(bead.src),
        "tgt": list(bead.tgt),
        "confidence": bead.confidence,
        "flags": list(bead.flags),
    }


def _beads(value: object) -> list[tuple[str, Bead]]:
    """Beads of a request, each with its number; nothing but numbers and flags is taken from it."""
    if not isinstance(value, list):
        raise DataError("beads: expected a list")
    found = []
    for number, one in enumerate(value):
        where = f"bead {number}"
        if wrong := mismatch(one, _BEAD):
            raise DataError(f"{where}: src and tgt must be lists of segment numbers ({wrong})")
        flags = ("partial",) if "partial" in (one.get("flags") or ()) else ()
        found.append((where, Bead(tuple(one["src"]), tuple(one["tgt"]), flags=flags)))
    return found


def _saved(folder: Path) -> list[dict[str, Any]]:
    """Who has saved what; files that are no gold are left out."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        if path.is_symlink():
            continue
        try:
            header = read_gold(path).header
        except DataError:
            continue
        found.append({"author": path.stem, "saved": header.saved, "revision": header.revision})
    return found


def _command(run: RunInfo, folder: Path, author: str = "AUTHOR") -> str:
    """The run's own command on the gold; paths are those of the server's folder."""
    overrides = _hydra(run, "overrides.yaml")
    words = [str(word) for word in overrides] if isinstance(overrides, list) else []
    kept = [word for word in words if not word.startswith(("alignment=", "tag=", "force="))]
    if any(word.startswith("aligner=gold") for word in kept):
        kept = [word for word in kept if not word.lstrip("+").startswith("aligner")]
    own = [f"--config-dir={place}" for place in _config_dirs(run)]
    return shlex.join(["python", "-m", "harness", "run", *own, *kept, f"alignment={folder / author}.jsonl"])


def _config_dirs(run: RunInfo) -> list[str]:
    """The folder that the run was given with `--config-dir`, if it was."""
    try:
        sources = _hydra(run, "hydra.yaml")["hydra"]["runtime"]["config_sources"]
        return [str(one["path"]) for one in sources if one["provider"] == "command-line"]
    except (KeyError, TypeError):
        return []


def _hydra(run: RunInfo, name: str) -> Any:
    """What Hydra wrote down of the run; None where it is not there or damaged."""
    path = run.path / ".hydra" / name
    try:
        return yaml.safe_load(read_text(path)) if path.is_file() else None
    except (yaml.YAMLError, DataError):
        return None
