"""What can be the tag of a run: a word that is found again as it is seen."""

from __future__ import annotations

from harness.common.terminal import visible_line
from harness.errors import ConfigError

_SEPARATORS = frozenset("/\\=")


def check_tag(tag: str | None) -> None:
    """Raises ConfigError for a tag with spaces, slashes, `=` or a character that cannot be seen, and for
    `latest`, which names a run already. None and the empty text are no tag."""
    if not tag:
        return
    unseen = next((char for char in tag if not char.isprintable() and not char.isspace()), None)
    if unseen is not None:
        raise ConfigError(
            f"tag '{visible_line(tag)}': has U+{ord(unseen):04X}, which cannot be seen; must be a word"
        )
    if tag == "latest" or any(char.isspace() or char in _SEPARATORS for char in tag):
        raise ConfigError(
            f"tag '{visible_line(tag)}': must be a word without spaces, slashes or '=', and not 'latest'"
        )
