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


THOUGHTS = re.compile(
    r"</?(?:\w{1,20}[:_])?(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)>|\[/?THINK\]"
    r"|<\|channel\|?>\s*(?:analysis|thought)|<channel\|>|◁/?think▷"
    r"|(?-i:\Aanalysis(?=[A-Z])|assistantfinal(?=\S))",  # gpt-oss without its tokens
    re.I,
)
TOKEN = re.compile(
    r"</?s>|<(?:unk|pad|bos|eos|mask|sep|cls|eot|eod)>|<\|[\w ]{1,40}\|>|<｜[^｜]{1,40}｜>"
    r"|<(?:start|end)_of_(?:turn|text|utterance)>|<(?:turn|channel)\|>|<\|(?:turn|channel)>"
    r"|\[/?INST\]|<</?SYS>>|>>\w{2,4}<<|<2\w{2,3}>"
    r"|<extra_id_\d+>|\[(?:UNK|PAD|CLS|SEP|MASK|EOS)\]|⁇|▁"
)
FENCE = re.compile(r"^\s*(?:```|~~~)|(?:```|~~~)\s*$", re.M)

# The words that name a translation; a label, a preamble or a note is built around one.
_TRANSLATION = (
    "translation|translated (?:text|sentence|version)|traduction|übersetzung|traducción|tradução|traduzione"
    "|vertaling|tłumaczenie|przekład|překlad|preklad|перевод|переклад|översättning|oversættelse|oversettelse"
    "|käännös|fordítás|traducere|çeviri|μετάφραση|ترجمة|翻译|译文|翻譯|譯文|翻訳|번역|अनुवाद"
)
_HERE = (
    r"here(?:'s|’s| is| are)|below is|voici|voilà|hier(?: ist| kommt| sind)?|anbei|aquí (?:está|tienes|va)"
    r"|aqui (?:está|vai)|ecco|oto|poniżej|zde je|tu je|вот|ось|nedan|här är|itt|iată"
)
PREAMBLE = re.compile(
    rf"^[*_#\s]*(?:{_TRANSLATION})(?:\s+\w+){{0,3}}[*_\s]*[:：]"  # Translation (into Polish):
    rf"|^(?:sure|certainly|of course|here(?:'s|’s| is| are)|below is|the following is|okay"
    rf"|ok)\b[^\n]{{0,120}}"
    rf"(?:{_TRANSLATION})[^\n:：]{{0,80}}(?:[:：]|\n)"
    rf"|^(?:[\w ]{{1,30}}[!,.]\s*)?(?:{_HERE})\b[^\n:]{{0,60}}"
    rf"(?:{_TRANSLATION})[^\n:：]{{0,60}}(?:[:：]|\n)"
    # 好的，以下是德语翻译： 以下はドイツ語訳です：
    r"|^[^\n:：]{0,12}(?:以下|下面|这是|這是|こちら)[^\n:：]{0,20}(?:翻[译譯訳]|[译譯訳])[^\n:：]{0,10}[:：]"
    r"|^[*_#\s]*[^\s:：]{0,10}(?:翻[译譯訳]|[译譯訳]文|語訳|번역)[^\n:：]{0,8}[:：]"
    # A line of its own: with a colon, as a heading, or in bold.
    rf"|^[^\n]{{0,120}}(?:{_TRANSLATION})[^\n]{{0,80}}[:：][*_]*\s*\n"
    rf"|^\s*(?:#{{1,6}}\s|\*\*|__)[^\n]{{0,30}}(?:{_TRANSLATION})[^\n:]{{0,30}}\n"
    rf"|^(?:die|das|der|the|la|le|a|o|de|het|il|en)?\s*(?:{_TRANSLATION})(?:\s+\w+){{0,4}}?"
    r"\s(?:lautet|ist|est|es|è|é|brzmi|is|luidt|zní|är|er)\s*[:：]"
    # The prompt again.
    r"|^(?:please )?translate (?:the|this|from)\b[^\n]{0,300}\n"
    rf"|^(?:sure|certainly|of course|absolutely)[!,.][^\n]{{0,80}}[:：]\s*\n"
    rf"|^(?:the\s+)?(?:{_TRANSLATION})\s+(?:of\b[^\n]{{1,200}}\s)?(?:is|would be)\b[^\n]{{0,20}}[:：]",
    re.I,
)
NOTES = re.compile(
    r"(?:^|\n)\s*(?:[>-]\s*)?[(\[*_]{0,3}(?:notes?|translator'?s note|explanation|literal(?:ly)?"
    r"|anmerkung|hinweis|remarque"
    r"|uwaga|uwagi|nota|opmerking|poznámka|примечание|примітка|注|注释|说明)[*_]{0,2}\s*(?:\([^)]*\))?\s*[:：]"
    r"|[.!?…]['\"”»]?\s+[(\[*_]{1,3}(?:note|translator'?s note|explanation|anmerkung|remarque|uwaga"
    r"|nota)\s*[:：]"
    r"|\s\((?:no translation (?:is )?(?:needed|required|necessary)|keine übersetzung (?:nötig|erforderlich)"
    r"|aucune traduction|tłumaczenie nie jest|already in \w+)\b[^\n)]{0,120}\)"
    r"|\n\s*(?:wenn sie (?:weitere|noch)|lass(?:en sie)? (?:es )?mich wissen|gerne (?:passe|kann) ich"
    r"|n['’]hésite[sz]? pas|faites-moi savoir|daj(?:cie)? (?:mi )?znać|jeśli (?:chcesz|potrzebujesz)"
    r"|avísame|si necesita|fammi sapere|дай(?:те)? (?:мне )?знать|如果您?需要|如有)[^\n]{0,120}$"
    r"|(?:let me know|feel free to ask|i hope this helps|would you like me to)\b[^\n]{0,120}$",
    re.I,
)
ALTERNATIVES = re.compile(
    r"\n\s*(?:or|alternatively|alternative(?: translation)?s?|option \d|oder|ou|lub|albo|nebo"
    r"|или)\b[^\n]{0,30}[:：]"
    r"|\n\s*(?:or|oder|ou|lub|albo|nebo)\s*\n"
    r"|^\s*(?:1[.)]|[*_#\s]*option 1\b)[^\n]+\n+\s*(?:2[.)]|[*_#\s]*option 2\b)"
    r"|[.!?]\s+\((?:or|alternatively)\s*[:,]",
    re.I,
)
