"""Signs that a translation is broken, per segment; nothing is ever repaired."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from harness.common import chatter, dressing, refusals
from harness.common.langid import identify, label, near
from harness.common.langs import language

FLAGS = (
    "failed", "empty", "copied", "wrong-language", "looping", "truncated", "length-ratio", "numbers",
    "unicode-form", "entities", "replacement-char",
    "wrapped", "reasoning", "leftover-token", "several-lines", "refusal",
    "omitted", "hallucinated",
)  # fmt: skip
"""Every flag of a segment, in this order. The last two are not of `health`: re-segmenting finds them."""

NEED_SOURCE = ("copied", "length-ratio", "numbers")
"""Flags that compare with the source."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f' ]\d{3})*(?:[.,]\d+)?")
_STUTTER = re.compile(r"([^\W\d]{2,8})\1{3}")  # "nienienienie" inside a word
# Identification of fewer letters than this is a guess: a name or a date looks like any language.
_MIN_LETTERS = 20
_MIN_CONFIDENCE = 0.9
_FEW_LETTERS = 8  # of an output that is judged together with others
# A translation is rarely beyond these bounds of characters against its source; short ones vary more.
_RATIO = (0.4, 2.5)
_MIN_RATIO_CHARS = 20
_DENSE = {"zh", "ja", "yue", "ko"}  # scripts of a syllable or word a character


def health(
    source: str | None,
    hypothesis: str,
    finish_reason: str | None,
    src: str,
    tgt: str,
    references: Sequence[str] = (),
    error: str | None = None,
) -> tuple[str, ...]:
    """The flags of `FLAGS` that hold for one segment, in that order.

    failed          the engine raised an error for this segment
    empty           nothing but white space where the source has text
    copied          the source unchanged, but for case, punctuation and white space
    wrong-language  identified, with confidence, as neither the target language nor near it (offline)
    looping         the same words again and again, more often than the source does
    truncated       generation ended at its length limit
    length-ratio    far shorter or longer than the source
    numbers         the numbers differ from the source's (digits only; separators do not count)

    and three that look the same on a screen and score as errors, given where neither the source nor one of
    `references` has them too:

    unicode-form      letters and their marks apart (NFD) where Unicode has them in one (NFC), or characters
                      of no width: zero-width space, word joiner, byte-order mark, soft hyphen
    entities          HTML entities (`&quot;`, `&#39;`)
    replacement-char  U+FFFD, which stands where text could not be decoded, half a character (a lone
                      surrogate), a control character (NUL, ESC) other than white space

    and, likewise only where neither the source nor a reference has it, what language models add (`chatter`):

    wrapped         words about the translation before or after it, a label, the source once more; quotes,
                    tags, JSON or a code fence around it; a list of several
    reasoning       a block of thoughts, or the tag that closes one
    leftover-token  a token that steers a model: `</s>`, `<unk>`, `<|im_end|>`, `<end_of_turn>`
    several-lines   more lines than the source and the references have
    refusal         the model declines, in its output or by the `error` that came instead of one

    A source of None is not known: the flags of `NEED_SOURCE` are not given, and the references stand for it.
    """
    if not any(text.strip() for text in (references if source is None else [source])):
        return ()
    is_failed = finish_reason == "error"
    declined = is_failed and refusals.declined(error or "")
    if not hypothesis.strip():
        bare = {
            "failed": is_failed,
            "empty": True,
            "truncated": finish_reason == "length",
            "refusal": declined,
        }
        return tuple(flag for flag in FLAGS if bare.get(flag))
    beside = [*([] if source is None else [source]), *references]
    found = {
        "failed": is_failed,
        "wrong-language": _wrong_language(hypothesis, src, tgt),
        "looping": _looping(beside[0], hypothesis),
        "truncated": finish_reason == "length",
        **{name: sign(hypothesis) and not any(map(sign, beside)) for name, sign in _SIGNS.items()},
        "wrapped": _wrapped(source, hypothesis, tgt, references),
        "several-lines": chatter.several_lines(beside[0], hypothesis, references),
    }
    found["refusal"] |= declined
    if source is not None:
        found |= _against_source(source, hypothesis, src, tgt)
        found["wrong-language"] |= found["copied"] and _has_words(source)
    return tuple(flag for flag in FLAGS if found.get(flag))


def _against_source(source: str, hypothesis: str, src: str, tgt: str) -> dict[str, bool]:
    return {
        "copied": _copied(source, hypothesis),
        "length-ratio": _odd_length(source, hypothesis, src, tgt),
        "numbers": _numbers(source) != _numbers(hypothesis),
    }


def _wrapped(source: str | None, hypothesis: str, tgt: str, references: Sequence[str]) -> bool:
    if source is not None and dressing.dressed(source, hypothesis):
        return not any(dressing.dressed(source, reference) for reference in references)
    beside = [*([] if source is None else [source]), *references]
    return chatter.wrapped(hypothesis, tgt) and not any(chatter.wrapped(text, tgt) for text in beside)


def _copied(source: str, hypothesis: str) -> bool:
    words: list[str] = _WORD.findall(source.casefold())
    return len(words) > 1 and words == _WORD.findall(hypothesis.casefold())


def _has_words(text: str) -> bool:
    """Enough running text that leaving it untranslated cannot be right (not only names)."""
    words: list[str] = _WORD.findall(text)
    return sum(word.islower() and word.isalpha() for word in words) >= 4


def _wrong_language(hypothesis: str, src: str, tgt: str) -> bool:
    if sum(char.isalpha() for char in hypothesis) < _MIN_LETTERS:
        return False
    wanted = label(tgt)
    found, confidence = identify(hypothesis)
    if wanted is None or found == wanted or confidence < _MIN_CONFIDENCE:
        return False
    return found == label(src) or found not in near(wanted)


def wrong_together(hypotheses: Sequence[str], flags: Sequence[Sequence[str]], tgt: str) -> list[int]:
    """The outputs that are wrong-language too because most of the system's are, all in one language.

    Alone they are too short, or too like the target, to be told with confidence: where at least five outputs
    and half of those with letters are flagged, of the others those count that are likelier in the language of
    the flagged ones, read as one text, than in the target. What is `copied` has a flag that says more.
    """
    wanted = label(tgt)
    wrong = [text for text, found in zip(hypotheses, flags, strict=True) if "wrong-language" in found]
    rest = [
        at
        for at, (text, found) in enumerate(zip(hypotheses, flags, strict=True))
        if "wrong-language" not in found and sum(map(str.isalpha, text)) >= _FEW_LETTERS
    ]
    if wanted is None or len(wrong) < max(5, len(rest)):
        return []
    language_of_all, confidence = identify(" ".join(wrong[:200]))
    if language_of_all in (wanted, *near(wanted)) or confidence < _MIN_CONFIDENCE:
        return []
    likelier = [at for at in rest if identify(hypotheses[at], [language_of_all, tgt])[0] == language_of_all]
    return [at for at in likelier if "copied" not in flags[at]]


def in_order(flags: Sequence[str]) -> list[str]:
    """Flags in the order of `FLAGS`."""
    return [flag for flag in FLAGS if flag in flags]


def _looping(source: str, hypothesis: str) -> bool:
    """A stretch that follows itself three times, a word 4-gram three times over, a stutter in a word."""
    if _STUTTER.search(hypothesis.casefold()) and not _STUTTER.search(source.casefold()):
        return True
    # What comes three times over has parts that do; most texts have none, and counting is cheap.
    if max(Counter(_units(hypothesis)).values(), default=0) < 3:
        return False
    return _loops(hypothesis) > max(2, _loops(source)) or _repeats(hypothesis) > max(2, _repeats(source))


def _repeats(text: str) -> int:
    """How often the most frequent word 4-gram occurs."""
    words: list[str] = _WORD.findall(text.casefold())
    grams = Counter(zip(words, words[1:], words[2:], words[3:], strict=False))
    return max(grams.values(), default=0)


def _loops(text: str) -> int:
    """The most often that one stretch of units follows itself without a break, in periods of 1 to 16."""
    words = _units(text)
    best = 1
    for period in range(1, min(16, len(words) // 2) + 1):
        run = 0
        for i in range(period, len(words)):
            run = run + 1 if words[i] == words[i - period] else 0
            best = max(best, run // period + 1)
    return best


def _units(text: str) -> Sequence[str]:
    """Words for scripts with spaces, characters otherwise and where a word goes on and on."""
    words: list[str] = _WORD.findall(text.casefold())
    if len(words) < 3 and len(text) > 20:
        return [char for char in text if not char.isspace()]
    if any(len(word) > 30 for word in words):
        return [char for word in words for char in word]
    return words


def _odd_length(source: str, hypothesis: str, src: str, tgt: str) -> bool:
    if max(len(source), len(hypothesis)) < _MIN_RATIO_CHARS:
        return False
    weight = [3.0 if language(code).short in _DENSE else 1.0 for code in (src, tgt)]
    ratio = len(hypothesis.strip()) * weight[1] / (len(source.strip()) * weight[0])
    return not _RATIO[0] <= ratio <= _RATIO[1]


def _odd_form(text: str) -> bool:
    return not text.isascii() and (bool(_NO_WIDTH.search(text)) or _is_decomposed(text))


def _is_decomposed(text: str) -> bool:
    """Whether NFC makes the text shorter. Some letters of Hindi or Hebrew it makes longer instead."""
    return not unicodedata.is_normalized("NFC", text) and len(unicodedata.normalize("NFC", text)) < len(text)


def _has_entities(text: str) -> bool:
    return any(html.unescape(found) != found for found in _ENTITY.findall(text))


def _has_replacement(text: str) -> bool:
    return bool(_NO_TEXT.search(text))


_NO_WIDTH = re.compile("[\u00ad\u200b\u2060\ufeff]")
_NO_TEXT = re.compile("[\ufffd\ud800-\udfff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
_SIGNS = {
    "unicode-form": _odd_form,
    "entities": _has_entities,
    "replacement-char": _has_replacement,
    "reasoning": chatter.reasoning,
    "leftover-token": chatter.leftover_token,
    "refusal": refusals.refusal,
}


def _numbers(text: str) -> Counter[str]:
    """The numbers of a text as bare digits; a lone 0-to-12 may be a word in the other language."""
    found = (re.sub(r"\D", "", match) for match in _NUMBER.findall(text))
    return Counter(
        digits for digits in found if len(digits.lstrip("0")) > 1 and digits not in ("10", "11", "12")
    )
