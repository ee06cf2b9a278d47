"""How texts are divided among the calls of an encoder: by what they say, not by how many came before.

In what batch a text is encoded decides the last bits of its vector. Pieces whose ends follow from the texts
themselves stay the same where a text further up is added, changed or removed, so that the vectors of
unchanged pieces can be kept and are those, bit for bit, that encoding anew would give (as content-defined
chunking finds unchanged blocks of files: Muthitacharoen et al. 2001, doi.org/10.1145/502034.502052).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

LEAST, MOST = 24, 64  # texts of a piece; the last may have fewer
_ONE_IN = 16  # texts that may end a piece


def pieces(texts: Sequence[str]) -> list[list[str]]:
    """The texts in order, cut into pieces: after the first that ends one from `LEAST` texts on, or at `MOST`.

    Pieces one after another, without some of them, are cut into the same pieces again.
    """
    found: list[list[str]] = []
    current: list[str] = []
    for text in texts:
        current.append(text)
        if len(current) == MOST or (len(current) >= LEAST and _ends(text)):
            found.append(current)
            current = []
    return [*found, current] if current else found


def _ends(text: str) -> bool:
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % _ONE_IN == 0
