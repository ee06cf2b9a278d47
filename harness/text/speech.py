"""Sentences that go on behind a quotation and say whose words it holds: `"어디 가니?" 어머니가 물었다.`"""

from __future__ import annotations

import re

from harness.text.cues import cues
from harness.text.marks import first_word

# Particles and verbs that report what was quoted; in Japanese the verbs behind no full stop.
_REPORTED = {
    "ja": re.compile(
        r"と|って|など|[をにはがの]|(?<=[？！!?…][」』])[^。！？、「」『』]{1,15}"
        r"(?:言|云|聞|訊|尋|答|叫|呟|囁|つぶや|怒鳴|ささや|たず)[^。！？、]{1,4}。"
    ),
    "zh": re.compile(r"\s?[^，。！？；：\s]{0,8}[说說道問问喊叫答]。"),
    "ko": re.compile(
        r"\s?(?:이?라[고는며]|하[고며였])"
        r"|[^.!?,\"“”]{1,30}?(?:말했|물었|답했|외쳤|소리쳤|속삭였|중얼거렸|소리를 질렀|덧붙였|인사했)다\."
    ),
    # English has a comma before it, but behind `?` and `!`; a pronoun has a small letter there, except `I`.
    "en": re.compile(
        r"(?:I|(?:[A-Z][\w’'.-]*\s){0,2}[A-Z][\w’'-]*)"
        r"\s(?:said|asked|replied|answered|cried|shouted|exclaimed|whispered|yelled|wondered|inquired|demanded"
        r"|muttered|screamed)\b"
    ),
}
_END = {
    "ja": re.compile(r"[。！？!?…][」』”]$"),
    "zh": re.compile(r"[。！？!?…][」』”]$"),
    "ko": re.compile(r"[.!?…][\"'”’」』]$"),
    "en": re.compile(r"[!?][\"'”’]$"),
}


def reports(before: str, after: str, lang: str) -> bool:
    """Whether `before` ends with a quotation and `after` says, in the same sentence, who spoke; in English
    where the sentence begins with the quotation.
    """
    if lang == "en" and (before[0] not in "\"“'‘" or first_word(after) in cues(lang).opens - {"I"}):
        return False
    return lang in _END and bool(
        _END[lang].search(before) and _REPORTED[lang].match(before + after, len(before))
    )
