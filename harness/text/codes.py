"""Language codes as the text stage needs them."""

from __future__ import annotations

from functools import lru_cache

from harness.common.langs import language


@lru_cache(maxsize=256)
def primary(lang: str) -> str:
    """The shortest code of the language, without script and region: `"pol"`, `"pl_Latn"` → `"pl"`.

    Raises ConfigError for a code of three letters that is no language.
    """
    code = lang.replace("_", "-").split("-")[0].lower()
    return language(code).short if len(code) == 3 else code  # the language table is read only if needed
