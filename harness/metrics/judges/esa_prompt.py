"""The prompts of GEMBA-ESA, as published.

They are those of the authors' code (github.com/MicrosoftTranslator/GEMBA, `gemba/gemba_esa.py`), for the
protocol of Kocmi et al. 2024, "Error Span Annotation", WMT 2024 (aclanthology.org/2024.wmt-1.131). That
code is under CC BY-SA 4.0 (Kocmi and Federmann, Microsoft), and so are the texts of this file, which stand
here as they are there; who changes them says so, under the same licence.

First errors are asked for, with three examples as turns of a chat; then, in a conversation of its own without
a system message, a score from 0 to 100, given the answer to the first question.
"""

from __future__ import annotations

from harness.metrics.judges.prompt import SEGMENT, SHOTS, filled, question

SYSTEM = "Your task is to identify machine translation errors and assess the quality of the translation."

ERRORS = (
    SEGMENT
    + "Each error is classified as one of two categories: major or minor. Major errors disrupt the flow"
    " and make the understandability of text difficult or impossible. Minor errors are errors that do not"
    " disrupt the flow significantly and what the text is trying to say is still understandable."
)

_ANSWERS = (
    'Major:\naccuracy/mistranslation - "involvement"\naccuracy/omission - "the account holder"\n'
    'Minor:\nfluency/grammar - "wäre"\nfluency/register - "dir"\n',
    'Major:\naccuracy/addition - "ve Vídni"\naccuracy/omission - "the stop-start"\n'
    'Minor:\nterminology/inappropriate for context - "partaje"\n',
    'Major:\naccuracy/addition - "of high-speed rail"\naccuracy/mistranslation - "go to the reviews"\n'
    'Minor:\nstyle/awkward - "etc.,"\n',
)

EXAMPLES: tuple[tuple[str, str], ...] = tuple(
    (question(*shot, template=ERRORS), answer) for shot, answer in zip(SHOTS, _ANSWERS, strict=True)
)

SCORE = (
    "Given the translation from {source_lang} to {target_lang} and the annotated error spans, assign a score"
    " on a continuous scale from 0 to 100. The scale has following reference points:"
    ' 0="No meaning preserved", 33="Some meaning preserved", 66="Most meaning preserved and few grammar'
    ' mistakes", up to 100="Perfect meaning and grammar".\n\n'
    "Score the following translation from {source_lang} source:\n```{source_seg}```\n"
    "{target_lang} translation:\n```{target_seg}```\nAnnotated error spans:\n```{error_spans}```\n"
    "Score (0-100): "
)


def score_question(source_lang: str, source: str, target_lang: str, target: str, errors: str) -> str:
    """What is asked after the errors of a segment are known; `errors` is the answer to the first question."""
    values = {
        "source_lang": source_lang,
        "source_seg": source,
        "target_lang": target_lang,
        "target_seg": target,
        "error_spans": errors,
    }
    return filled(SCORE, values)
