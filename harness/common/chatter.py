"""Signs that an output is more than a translation: talk around it, thoughts, tokens, refusals.

Language models wrap what they were asked for. Every sign is a form that translators do not write, and none
counts where the source or a reference has it too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from harness.common.langs import language

# The patterns in capitals are also what `engine.answer` removes (`harness.translate.answers`).


def reasoning(text: str) -> bool:
    """Whether a block of thoughts, or the tag that closes one, was left in."""
    return bool(THOUGHTS.search(text))


def leftover_token(text: str) -> bool:
    """Whether a token that steers a model was left in (`</s>`, `<unk>`, `<|im_end|>`, `<end_of_turn>`)."""
    return bool(TOKEN.search(text))


def several_lines(source: str, hypothesis: str, references: Sequence[str]) -> bool:
    """Whether an output has more lines with text than its source and each reference."""
    return _lines(hypothesis) > max(map(_lines, (source, *references)))


def refusal(text: str) -> bool:
    """Whether a model declines the task, in words about itself or about the request."""
    return bool(_REFUSAL.search(text))


def declined(error: str) -> bool:
    """Whether the error of a text says that a service, or its model, declined it."""
    return bool(_DECLINED.search(error))


def wrapped(text: str, tgt: str) -> bool:
    """Whether the translation stands between words about it, after a label, in quotes or a code fence."""
    text = text.strip()
    return bool(
        FENCE.search(text)
        or PREAMBLE.search(text)
        or NOTES.search(text)
        or ALTERNATIVES.search(text)
        or label_of(tgt).match(text)
    )


def quoted(source: str, text: str) -> bool:
    """Whether one pair of quotation marks stands around the whole, of which the source has none at its ends.

    A quotation of several sentences opens in one segment and closes in another; translators give each
    segment both marks, so one mark in the source is enough.
    """
    if _EDGE_QUOTE.search(source.strip()):
        return False
    text = text.strip()
    for opening, closing in QUOTES:
        inside = text[len(opening) : -len(closing)]
        if text.startswith(opening) and text.endswith(closing) and len(text) > 2:
            return opening not in inside and closing not in inside
    return False


def _lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())


@lru_cache(maxsize=64)
def label_of(tgt: str) -> re.Pattern[str]:
    """The target language's name as a label at the start: `Polish:`, `**Polish** :`, `[pl]`, `pl:`."""
    import langcodes

    tag = langcodes.Language.get(language(tgt).code)
    names = {language(tgt).name, tag.autonym(), tag.language_name("en"), language(tgt).code}
    either = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"[*_#\s]*(?:{either})(?:\s+translation)?(?:\s*\([^)]*\))?[*_\s]*[:：]", re.I)


QUOTES = (('"', '"'), ("“", "”"), ("„", "”"), ("„", "“"), ("«", "»"), ("»", "«"), ("「", "」"), ("`", "`"))
_EDGE_QUOTE = re.compile(r"^[-–—\s]*[\"“”„«»「『`'‘’‚‹›]|[\"“”„«»」』`'‘’‚‹›][\s.,!?;:…]*$")

THOUGHTS = re.compile(
    r"</?(?:think|thinking|thought|reasoning|reflection|analysis|scratchpad)>|\[/?THINK\]"
    r"|<\|channel\|>\s*(?:analysis|thought)|◁/?think▷",
    re.I,
)
TOKEN = re.compile(
    r"</?s>|<(?:unk|pad|bos|eos|mask|sep|cls|eot|eod)>|<\|[\w ]{1,40}\|>|<｜[^｜]{1,40}｜>"
    r"|<(?:start|end)_of_(?:turn|text|utterance)>|\[/?INST\]|<</?SYS>>|>>\w{2,4}<<|<2\w{2,3}>"
    r"|<extra_id_\d+>|\[(?:UNK|PAD|CLS|SEP|MASK|EOS)\]|⁇|▁"
)
FENCE = re.compile(r"^\s*(?:```|~~~)|(?:```|~~~)\s*$", re.M)

# The words that name a translation; a label, a preamble or a note is built around one.
_TRANSLATION = (
    "translation|translated (?:text|sentence|version)|traduction|übersetzung|traducción|tradução|traduzione"
    "|vertaling|tłumaczenie|przekład|překlad|preklad|перевод|переклад|översättning|oversættelse|oversettelse"
    "|käännös|fordítás|traducere|çeviri|μετάφραση|ترجمة|翻译|译文|翻譯|譯文|翻訳|번역|अनुवाद"
)
PREAMBLE = re.compile(
    rf"^[*_#\s]*(?:{_TRANSLATION})(?:\s+\w+){{0,3}}[*_\s]*[:：]"  # Translation (into Polish):
    rf"|^(?:sure|certainly|of course|here(?:'s|’s| is| are)|below is|the following is|okay"
    rf"|ok)\b[^\n]{{0,120}}"
    rf"(?:{_TRANSLATION})[^\n:：]{{0,80}}(?:[:：]|\n)"
    rf"|^(?:voici|voilà|hier ist|aquí (?:está|tienes)|aqui está|ecco|hier is|oto|zde je|tu je|вот"
    rf"|ось)\b[^\n:]{{0,60}}"
    rf"(?:{_TRANSLATION})[^\n:：]{{0,60}}(?:[:：]|\n)"
    rf"|^(?:sure|certainly|of course|absolutely)[!,.][^\n]{{0,80}}[:：]\s*\n"
    rf"|^(?:the\s+)?(?:{_TRANSLATION})\s+(?:of\b[^\n]{{1,200}}\s)?(?:is|would be)\b[^\n]{{0,20}}[:：]",
    re.I,
)
NOTES = re.compile(
    r"(?:^|\n)\s*[(\[*_]{0,3}(?:note|notes|translator'?s note|explanation|literal(?:ly)?|anmerkung"
    r"|hinweis|remarque"
    r"|uwaga|uwagi|nota|opmerking|poznámka|примечание|примітка|注|注释|说明)[*_]{0,2}\s*(?:\([^)]*\))?\s*[:：]"
    r"|[.!?…]['\"”»]?\s+[(\[*_]{1,3}(?:note|translator'?s note|explanation|anmerkung|remarque|uwaga"
    r"|nota)\s*[:：]"
    r"|(?:let me know|feel free to ask|i hope this helps|would you like me to)\b[^\n]{0,120}$",
    re.I,
)
ALTERNATIVES = re.compile(
    r"\n\s*(?:or|alternatively|alternative(?: translation)?s?|option \d|oder|ou|lub|albo|nebo"
    r"|или)\b[^\n]{0,30}[:：]"
    r"|\n\s*(?:or|oder|ou|lub|albo|nebo)\s*\n"
    r"|^\s*(?:1[.)]|option 1\b)[^\n]+\n+\s*(?:2[.)]|option 2\b)"
    r"|[.!?]\s+\((?:or|alternatively)\s*[:,]",
    re.I,
)
_REFUSAL = re.compile(
    r"\bas an? (?:ai|artificial intelligence)(?: language)?(?: model| assistant)?,? i\b"
    r"|\bi(?:'m|’m| am) (?:just )?an ai\b"
    r"|\bi(?:'m|’m| am) (?:sorry|unable|not able)\b[^.\n]{0,40}\b(?:can(?:'t|’t|not)|unable|not able"
    r"|to)\b[^.\n]{0,30}"
    r"\b(?:translat\w+|assist|help|compl(?:y|ete)|fulfil\w*|provide|process|do that)\b"
    r"|^i (?:can(?:'t|’t|not)|won(?:'t|’t)|will not) (?:translate|assist|help with|provide|comply"
    r"|fulfil\w*)\b"
    r"|\bcomme je suis une (?:ia|intelligence artificielle)\b|\bals (?:ki"
    r"|künstliche intelligenz)[- ]?\w*,? (?:kann|darf) ich\b"
    r"|\bje (?:suis désolée?,? mais je )?ne (?:peux|puis) pas (?:traduire|vous aider|répondre à cette)"
    r"|\bes tut mir leid,? (?:aber )?(?:ich kann|das kann ich|dabei kann ich)\b[^.\n]{0,60}(?:übersetz"
    r"|helfen|anfrage)"
    r"|\blo siento,? (?:pero )?no puedo (?:traducir|ayudar)|\bdesculpe,? (?:mas )?não posso (?:traduzir"
    r"|ajudar)"
    r"|\bmi dispiace,? (?:ma )?non posso (?:tradurre|aiutar)"
    r"|\b(?:przykro mi|przepraszam),? (?:ale )?nie mogę (?:przetłumaczyć|pomóc|tłumaczyć)"
    r"|\bjako (?:model językowy|sztuczna inteligencja)\b|抱歉[，,]?我(?:无法|不能)(?:翻译|协助|提供|帮助)",
    re.I,
)
# `harness.translate.servers.failures.REFUSED`, and the words of the services that send an error status.
_DECLINED = re.compile(
    r"(?:^|: )refused: |content[ _]filter|content management policy|data_inspection_failed", re.I
)
