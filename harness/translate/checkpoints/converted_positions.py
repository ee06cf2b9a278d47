"""How many positions a model converted for CTranslate2 has, from the header of its `model.bin`.

The format is that of CTranslate2's own writer (`ctranslate2.specs.model_spec`, version 6): version, name
of the architecture, revision, number of variables; of each its name, dimensions, type, bytes and data; then
names that stand for other variables.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_ENCODINGS = "position_encodings/encodings"
_NEWEST = 6
_MOST = 100_000  # variables; more is no such file


def positions(folder: Path) -> dict[str, int]:
    """The rows of the position tables by side, `encoder` and `decoder`.

    A side is absent that has none (relative or computed positions), and both where the file cannot be read:
    loading it says what is amiss.
    """
    found: dict[str, int] = {}
    try:
        with (folder / "model.bin").open("rb") as file:
            version = _number(file, "I")
            if version > _NEWEST:
                return {}
            _text(file), _number(file, "I")
            for _ in range(min(_number(file, "I"), _MOST)):
                name, rank = _text(file), _number(file, "B")
                shape = [_number(file, "I") for _ in range(rank)]
                _number(file, "B")
                if name.endswith(_ENCODINGS) and len(shape) == 2:
                    found[name.split("/")[0]] = shape[0]
                file.seek(_number(file, "I"), 1)
            for _ in range(min(_number(file, "I"), _MOST)):  # equal tables are stored once
                alias, name = _text(file), _text(file)
                side = name.split("/")[0]
                if alias.endswith(_ENCODINGS) and name.endswith(_ENCODINGS) and side in found:
                    found[alias.split("/")[0]] = found[side]
    except (OSError, struct.error, UnicodeDecodeError):
        return {}
    return found


def _number(file: BinaryIO, kind: str) -> int:
    return int(struct.unpack(f"<{kind}", file.read(struct.calcsize(f"<{kind}")))[0])


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "H")).rstrip(b"\0").decode("utf-8")
