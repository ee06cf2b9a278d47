"""Which texts of a multilingual file are in the language that was asked for, by their language tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from harness.common.langs import language
from harness.common.notices import tell
from harness.errors import ConfigError, DataError

EXACT, COMPATIBLE, REGION, LANGUAGE = range(4)
"""How well a tag fits: the same; one of the two names no region, in the same script; another region; only
the language is the same (`pt-BR` for `pt-BR`, `pt` for `pt-BR` or back, `pt-PT`, `sr-Cyrl` for `sr-Latn`)."""
_ANY = ("any", "all", "und", "mul")
_NAMED = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE)


def fit(tag: str, wanted: str) -> int | None:
    """How well a tag fits the code that was asked for; None for another language."""
    if tag.lower() == wanted.lower():
        return EXACT
    (lang, script, region), (other, other_script, other_region) = _parts(tag), _parts(wanted)
    if lang != other:
        return None
    if script != other_script:
        return LANGUAGE
    if region == other_region:
        return EXACT
    return REGION if region and other_region else COMPATIBLE


def best(tags: Iterable[str], wanted: str) -> tuple[int, list[str]]:
    """The tags that fit best, in their order, and how well they do; no tags where none fits."""
    fits = [(how, tag) for tag in dict.fromkeys(tags) if (how := fit(tag, wanted)) is not None]
    least = min((how for how, _ in fits), default=LANGUAGE)
    found = [tag for how, tag in fits if how == least]
    if least == REGION and len(found) > 1:
        found = _nearest(found, wanted)
    return least, found


def _nearest(tags: list[str], wanted: str) -> list[str]:
    """Those of the regions nearest to the one wanted by CLDR's language matching: `es-419` for `es-MX`, which
    it contains, before `es-ES`."""
    import langcodes

    far = [langcodes.tag_distance(wanted.replace("_", "-"), tag.replace("_", "-")) for tag in tags]
    return [tag for tag, distance in zip(tags, far, strict=True) if distance == min(far)]


@lru_cache(maxsize=4096)
def choose(tags: tuple[str, ...], src: str, tgt: str) -> tuple[str | None, list[str]]:
    """The tag of the source, and those of the references: never the same one.

    Where both are the same language, the side that has the better fit chooses first.
    """
    source_fit, sources = best(tags, src)
    target_fit, targets = best(tags, tgt)
    if sources and set(sources) & set(targets):
        if target_fit < source_fit:
            sources = best([tag for tag in tags if tag not in targets], src)[1]
        else:
            targets = best([tag for tag in tags if tag != sources[0]], tgt)[1]
    return (sources[0] if sources else None), targets


@dataclass
class Pooled:
    """The tags whose texts were taken for a code, reported where they are not what was asked for."""

    wanted: str
    _used: set[str] = field(default_factory=set)

    def add(self, tags: Iterable[str]) -> None:
        self._used.update(tags)

    def end(self, where: str) -> None:
        """Tell which tags were taken for the code: several, or one of another region or script."""
        tags = sorted({_parts(tag): tag for tag in sorted(self._used)}.values())
        if len(tags) > 1:
            tell(
                f"{where}: variants tagged {', '.join(tags)} are pooled as '{self.wanted}'; name one of these"
                " tags in the pair to prefer it"
            )
        elif any((fit(tag, self.wanted) or 0) >= REGION for tag in tags):
            tell(f"{where}: nothing is tagged '{self.wanted}'; variants tagged '{tags[0]}' are used instead")


def check(said: str | None, wanted: str, at: str) -> None:
    """Raise DataError where a file says that it is in another language than `wanted`.

    What is not the tag of a language ("any", "English") says nothing.
    """
    if said is None or said.lower() in _ANY or not _NAMED.fullmatch(said) or fit(said, wanted) is not None:
        return
    try:
        language(said)
    except ConfigError:
        return
    raise DataError(f"{at}: is in '{said}', not in '{wanted}'; is the pair the right way round?")


@lru_cache(maxsize=2048)
def _parts(tag: str) -> tuple[str, str, str]:
    """Language, script and region (perhaps "") of a tag; of what is no tag, the text itself."""
    import langcodes
    from langcodes.tag_parser import LanguageTagError

    try:
        known = language(tag)
        region = langcodes.Language.get(tag.replace("_", "-")).territory or ""
    except (ConfigError, LanguageTagError, ValueError):
        return tag.lower(), "", ""
    return known.iso3, known.script, region
