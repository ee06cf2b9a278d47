"""Whether a side of a pair is in the language that was declared, by all of its lines together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.common.langid import UNKNOWN, identify, label, near

_LETTERS = 20  # of a side, to tell two languages apart: fewer say little
_MANY_LETTERS = 40  # of a side, to name one of 140
_LOOKED_AT = 20_000  # characters of a side
_SURE = 0.95


def misplaced(sources: Sequence[str], references: Sequence[Sequence[str]], src: str, tgt: str) -> str | None:
    """A warning where a side is, as a whole, clearly in another language than declared; None otherwise.

    `references` are a list of texts for each set of references; without `sources` the references tell alone.
    What to set is named: the pair, or the exchange of the files where only they are the wrong way round.
    """
    first = references[0] if references else []
    if exchanged := swapped(sources, first, src, tgt):
        return exchanged
    sides = [("sources", sources, src, "src")]
    for number, texts in enumerate(references, start=1):
        sides.append((f"references {number}" if len(references) > 1 else "references", texts, tgt, "tgt"))
    found: list[str] = []
    pair = {"src": src, "tgt": tgt}
    for name, texts, code, key in sides:
        other = looks_like(texts, code)
        if other:
            found.append(f"{name}: declared {code}, look like {other}")
            pair[key] = other
    if not found:
        return None
    if label(pair["src"]) == label(pair["tgt"]) and label(src) != label(tgt):
        return (
            f"{'; '.join(found)}, as the other side: give the right files, or the pair (pair.src, pair.tgt)"
        )
    return f"{'; '.join(found)}: give the right files, or the pair: {remedy(**pair)}"


def remedy(src: str, tgt: str) -> str:
    """The pair as it is set: `pair.src=de pair.tgt=cs`."""
    return f"pair.src={src} pair.tgt={tgt}"


def looks_like(texts: Sequence[str], code: str) -> str | None:
    """The language that the texts together are clearly in, where that is neither `code` nor near it.

    All of them are one text, and so must be each half of them (every second text): a language that only
    some are in, or a guess from names and numbers, is not theirs.
    """
    declared = label(code)
    sampled = _spread(texts)
    if declared is None or _letters(" ".join(sampled)) < _MANY_LETTERS:
        return None
    other, probability = identify(" ".join(sampled))
    if probability < _SURE or other in (declared, "zxx", UNKNOWN) or other in near(declared):
        return None
    halves = [" ".join(sampled[start::2]) for start in (0, 1)]
    if any(_letters(half) >= _LETTERS and identify(half)[0] != other for half in halves):
        return None
    singly = Counter(identify(text)[0] for text in sampled if _letters(text) >= _LETTERS)
    return other if not singly or singly[other] > singly[declared] else None


def _spread(texts: Sequence[str]) -> list[str]:
    """Some hundred texts, evenly spread over all, each cut so that they are about `_LOOKED_AT` characters."""
    some = texts[:: max(1, len(texts) // 200)]
    return [text[: max(100, _LOOKED_AT // len(some))] for text in some]


def swapped(sources: Sequence[str], references: Sequence[str], src: str, tgt: str) -> str | None:
    """A warning where the sources are in `tgt` and the references in `src`; without sources, by the latter.

    All lines of a side are one text, so that short lines count too. The language must be the likelier of the
    two and the likeliest of all: what is in a third one is no sign.
    """
    if label(src) is None or label(tgt) is None or label(src) == label(tgt):
        return None
    if not any(text.strip() for text in sources):
        if _is(references, src, tgt):
            return (
                f"references: declared {tgt}, look like {src}, the source language: is the pair the right way"
                f" round ({remedy(tgt, src)})?"
            )
        return None
    if _is(sources, tgt, src) and _is(references, src, tgt):
        return (
            f"sources and references look swapped: the sources are in '{tgt}', the references in '{src}';"
            f" exchange the files, or the languages ({remedy(tgt, src)})"
        )
    return None


def _is(texts: Sequence[str], code: str, other: str) -> bool:
    text = " ".join(texts)[:_LOOKED_AT]
    if _letters(text) < _LETTERS:
        return False
    found, probability = identify(text, [code, other])
    return found == code and probability >= _SURE and identify(text)[0] == label(code)


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)
