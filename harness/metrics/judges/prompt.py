"""The prompt of GEMBA-MQM, as published.

Kocmi and Federmann 2023, "GEMBA-MQM: Detecting Translation Quality Error Spans with GPT-4", WMT 2023
(aclanthology.org/2023.wmt-1.64), which prints it. The paper is under CC BY 4.0, and so are these texts: a
system message, three examples as turns of a chat, and the question about a segment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SYSTEM = (
    "You are an annotator for the quality of machine translation. Your task is to identify errors and assess"
    " the quality of the translation."
)

SEGMENT = (
    "{source_lang} source:\n```{source_seg}```\n{target_lang} translation:\n```{target_seg}```\n\n"
    "Based on the source segment and machine translation surrounded with triple backticks, identify error"
    " types in the translation and classify them. The categories of errors are: accuracy (addition,"
    " mistranslation, omission, untranslated text), fluency (character encoding, grammar, inconsistency,"
    " punctuation, register, spelling), style (awkward), terminology (inappropriate for context, inconsistent"
    " use), non-translation, other, or no-error.\n"
)
"""How the question begins, in GEMBA-ESA too."""

QUESTION = (
    SEGMENT + "Each error is classified as one of three categories:"
    " critical, major, and minor. Critical errors inhibit comprehension of the text. Major errors disrupt the"
    " flow, but what the text is trying to say is still understandable. Minor errors are technically errors,"
    " but do not disrupt the flow or hinder comprehension."
)


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its placeholders replaced, in one pass: the texts are put in as they are."""
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], template)


def question(source_lang: str, source: str, target_lang: str, target: str, template: str = QUESTION) -> str:
    """What is asked about one segment."""
    return filled(
        template,
        {"source_lang": source_lang, "source_seg": source, "target_lang": target_lang, "target_seg": target},
    )


SHOTS = (
    (
        "English",
        "I do apologise about this, we must gain permission from the account holder to discuss an order"
        " with another person, I apologise if this was done previously, however, I would not be able to"
        " discuss this with yourself without the account holders permission.",
        "German",
        "Ich entschuldige mich dafür, wir müssen die Erlaubnis einholen, um eine Bestellung mit einer"
        " anderen Person zu besprechen. Ich entschuldige mich, falls dies zuvor geschehen wäre, aber ohne"
        " die Erlaubnis des Kontoinhabers wäre ich nicht in der Lage, dies mit dir involvement.",
    ),
    (
        "English",
        "Talks have resumed in Vienna to try to revive the nuclear pact, with both sides trying to gauge"
        " the prospects of success after the latest exchanges in the stop-start negotiations.",
        "Czech",
        "Ve Vídni se ve Vídni obnovily rozhovory o oživení jaderného paktu, přičemž obě partaje se snaží"
        " posoudit vyhlídky na úspěch po posledních výměnách v jednáních.",
    ),
    (
        "Chinese",
        "大众点评乌鲁木齐家居卖场频道为您提供高铁居然之家地址，电话，营业时间等最新商户信息，找装修公司，"
        "就上大众点评",
        "English",
        "Urumqi Home Furnishing Store Channel provides you with the latest business information such as"
        " the address, telephone number, business hours, etc., of high-speed rail, and find a decoration"
        " company, and go to the reviews.",
    ),
)
"""The segments of the examples: languages and texts. GEMBA-ESA has the same, with answers of its own."""

ANSWERS = (
    'Critical:\nno-error\nMajor:\naccuracy/mistranslation - "involvement"\n'
    'accuracy/omission - "the account holder"\nMinor:\nfluency/grammar - "wäre"\nfluency/register - "dir"',
    'Critical:\nno-error\nMajor:\naccuracy/addition - "ve Vídni"\naccuracy/omission - "the stop-start"\n'
    'Minor:\nterminology/inappropriate for context - "partaje"',
    'Critical:\naccuracy/addition - "of high-speed rail"\nMajor:\n'
    'accuracy/mistranslation - "go to the reviews"\nMinor:\nstyle/awkward - "etc.,"',
)

EXAMPLES: tuple[tuple[str, str], ...] = tuple(
    (question(*shot), answer) for shot, answer in zip(SHOTS, ANSWERS, strict=True)
)
