"""An encoder whose vectors are kept on disk: what was encoded once is read, with the same bytes.

    <folder>/<digest of encoder and machine>/identity.json
                                            /<2 hex>/<digest of a piece>.vec

A file holds the vectors of one piece of texts (`pieces`): CRC-32, rows and columns (4 bytes each, little
endian), then float32 rows. It is written beside its place and moved there, so that two runs at once cannot
harm each other; one that was cut off or changed is encoded anew. Other versions of the encoder or of the
libraries that compute have a folder of their own, because their last bits differ.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import struct
import zlib
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from harness.common.files import digest, write_json
from harness.common.progress import bar, note
from harness.encode.pieces import pieces
from harness.errors import HarnessError
from harness.protocols import Encoder, Matrix

VECTORS = "vectors"  # the folder of the store's cache that they are in
_HEADER = struct.Struct("<III")
_LONG = 400  # texts from which there is a bar
_TOGETHER = 8  # pieces between two of its steps


class KeptEncoder(Encoder):
    """An encoder that keeps its vectors under `folder` (None: nowhere), and shows its progress.

    Those of an encoder whose identity names no revision are not kept: nothing would say that it changed.
    """

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        self._encoder, self._root = encoder, folder
        self._folder: Path | None = None
        self.languages = encoder.languages

    @property
    def identity(self) -> dict[str, Any]:
        return self._encoder.identity

    def encode(self, texts: Sequence[str]) -> Matrix:
        """`(len(texts), d)` float32: as the encoder gives them, piece by piece."""
        filled = [i for i, text in enumerate(texts) if text.strip()]
        parts = pieces([texts[i] for i in filled])
        if not parts:
            return self._encoder.encode(texts)
        found = [self._read(part) for part in parts]
        missing = [k for k, vectors in enumerate(found) if vectors is None]
        if missing:
            self._fill(parts, missing, found)
        rows = np.concatenate([part for part in found if part is not None])
        out: Matrix = np.zeros((len(texts), rows.shape[1]), dtype=np.float32)
        out[filled] = rows
        return out

    def _fill(self, parts: list[list[str]], missing: list[int], found: list[Matrix | None]) -> None:
        """Encode and keep the missing parts."""
        together = _TOGETHER if self._encoder.by_pieces else 1
        total = sum(len(parts[k]) for k in missing)
        with bar("encoding", total, "texts") if total >= _LONG else nullcontext() as ticker:
            for first in range(0, len(missing), together):
                group = missing[first : first + together]
                vectors = self._encoder.encode([text for k in group for text in parts[k]])
                ends = np.cumsum([len(parts[k]) for k in group])[:-1]
                for k, part in zip(group, np.split(vectors, ends), strict=True):
                    found[k] = part
                    self._write(parts[k], part)
                if ticker:
                    ticker.advance(len(vectors))

    def _place(self, part: Sequence[str]) -> Path | None:
        if self._root is None:
            return None
        if self._folder is None:
            identity = self._encoder.identity
            if not identity.get("revision"):
                self._root = None
                return None
            known = {"encoder": identity, **_machine(), **self._encoder.computes_on}
            self._folder = self._root / digest(known, 16)
            try:
                if not (self._folder / "identity.json").exists():
                    write_json(self._folder / "identity.json", known)
            except HarnessError as error:
                self._stop(str(error))
                return None
        hashed = hashlib.sha256()
        for text in part:
            raw = text.encode("utf-8", "surrogatepass")
            hashed.update(len(raw).to_bytes(8, "little") + raw)
        name = hashed.hexdigest()[:40]
        return self._folder / name[:2] / f"{name}.vec"

    def _read(self, part: Sequence[str]) -> Matrix | None:
        path = self._place(part)
        if path is None:
            return None
        try:
            raw = path.read_bytes()
            crc, rows, columns = _HEADER.unpack_from(raw)
        except (OSError, struct.error):
            return None
        body = memoryview(raw)[4:]
        if rows != len(part) or len(raw) != _HEADER.size + 4 * rows * columns or zlib.crc32(body) != crc:
            return None
        vectors: Matrix = np.frombuffer(raw, "<f4", offset=_HEADER.size).reshape(rows, columns)
        return vectors.astype(np.float32)

    def _write(self, part: Sequence[str], vectors: Matrix) -> None:
        path = self._place(part)
        if path is None:
            return
        body = struct.pack("<II", *vectors.shape) + vectors.astype("<f4").tobytes()
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                temporary.write_bytes(struct.pack("<I", zlib.crc32(body)) + body)
                os.replace(temporary, path)  # noqa: PTH105 (as in `files`, the word for an atomic move)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        except OSError as error:
            self._stop(f"{path.parent}: cannot be written ({error.strerror})")

    def _stop(self, why: str) -> None:
        note(f"vectors are not kept: {why}")
        self._root = None


def _machine() -> dict[str, Any]:
    """The libraries that multiply: another one, or another kind of processor, gives other last bits."""
    from threadpoolctl import threadpool_info

    blas = sorted(
        f"{one.get('internal_api')} {one.get('version')} {one.get('architecture')}"
        for one in threadpool_info()
        if one.get("user_api") == "blas"
    )
    return {"numpy": np.__version__, "blas": blas, **_versions("torch", "sentence-transformers")}


def _versions(*names: str) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
