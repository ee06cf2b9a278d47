"""Text files and URLs of any size, plain or packed, as strict UTF-8 lines in bounded memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from harness.common.paths import user_path
from harness.common.texts import Text
from harness.data.fetch import is_url, local


class TextFile(Text):
    """A `Text` that may lie behind a URL, in an archive (`corpus.zip/news.fr`) or in the home folder."""

    def __init__(self, where: str | Path, langs: Sequence[str] = (), reads: Collection[str] = ()) -> None:
        name = str(where)
        super().__init__(local(name) if is_url(name) else user_path(where), name, langs, reads)
