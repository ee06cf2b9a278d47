"""What judges answer, in every shape that they should not: read strictly or not at all."""

from __future__ import annotations

import pytest

from harness.metrics.judges import esa_prompt
from harness.metrics.judges.annotations import (
    JudgedError,
    bare,
    read_choice,
    read_errors,
    read_score,
)
from harness.metrics.judges.marks import located

ESA = ("major", "minor")
ONE = 'Major:\naccuracy/mistranslation - "kot"\nMinor:\nno-error'


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("95", 95), ("0", 0), ("100", 100), (" 66.5 ", 66.5), ("Score: 95/100", 95), ("score: 95/100", 95),
        ("**95**", 95), ("Score (0-100): 33", 33), ("['40']", 40), ("`80`", 80), ("**Score:** 70", 70),
        ("```\n85\n```", 85), ("```text\n85/100\n```", 85), ("75.", 75), ("80 %", 80),
        ("<think>is it 30 or 40?</think>\n35", 35), ("no thoughts opened 20</think>90", 90),
    ],
)  # fmt: skip
def test_a_score_is_all_of_its_answer(answer: str, score: float) -> None:
    assert read_score(answer) == score


@pytest.mark.parametrize(
    "answer",
    [
        "", " ", "101", "-5", "1000", "95 out of 100 because it is good", "90 or 95", "90-95", "90\n95",
        "I would say 85", "Sorry, with 2 errors I cannot judge.", "٩٥", "９５", "४२", "95/10", "95/1000",
        "NaN", "ninety", '{"score": 95} Hope this helps!', "Score:", "<think>90", "<think>90</think>",
        "95 85", "1e2", "100.1", "+95", "−5", "95,5", "*" * 20_000 + "x", "9" * 5_000, "score " * 3_000,
    ],
)  # fmt: skip
def test_what_is_no_score_is_none(answer: str) -> None:
    assert read_score(answer) is None


@pytest.mark.parametrize(
    ("answer", "choice"),
    [
        ("A", "A"), ("B", "B"), ("tie", "tie"), ("Tie.", "tie"), ("**B**", "B"), ("[[A]]", "A"),
        ("Better: A", "A"),
        ("Translation B", "B"), ("Answer: translation A.", "A"), ("```\nB\n```", "B"),
        ("<think>A is long, B is short</think>\nB", "B"),
    ],
)  # fmt: skip
def test_a_choice_is_all_of_its_answer(answer: str, choice: str) -> None:
    assert read_choice(answer) == choice


@pytest.mark.parametrize(
    "answer",
    ["", "A and B", "A or B", "A B", "C", "a", "А", "Both are good", "A is better because B", "neither", "1",
     "I cannot compare them.", "<think>A", "A\nB", "ATie", "[" * 20_000],
)  # fmt: skip
def test_what_is_no_choice_is_none(answer: str) -> None:
    assert read_choice(answer) is None


def test_errors_in_a_fence_behind_thoughts_are_read() -> None:
    for answer in (ONE, f"```\n{ONE}\n```", f"```text\n{ONE}\n```", f"<think>Critical: all</think>\n{ONE}\n"):
        assert read_errors(answer, ESA) == [JudgedError("major", "accuracy/mistranslation", "kot")], answer


@pytest.mark.parametrize(
    "answer",
    [
        f"{ONE}\nI hope this helps.", f"Here are the errors:\n{ONE}", f"<think>{ONE}", f'Critical:\n{ONE}',
        '{"major": [{"category": "accuracy", "span": "kot"}]} as JSON', "Major:\nkot is wrong",
        'Major:\naccuracy/mistranslation - "kot" and more\nis wrong', "I'm sorry, I can't help with that.",
        f"```\n{ONE}\n```\nDone.",
    ],
)  # fmt: skip
def test_errors_with_anything_else_are_not(answer: str) -> None:
    assert read_errors(answer, ESA) is None


def test_esa_takes_no_error_alone_and_mqm_does_not() -> None:
    assert read_errors("no-error", ESA, headless=True) == [] == read_errors("No error.", ESA, headless=True)
    assert read_errors("no-error") is None
    assert read_errors("Major:\nnon-translation\nMinor:\nno-error", ESA) == [
        JudgedError("major", "non-translation", None)
    ], "there is nothing graver than major in ESA"


def test_the_published_examples_of_esa_are_in_its_form() -> None:
    found = [read_errors(answer, ESA) for _, answer in esa_prompt.EXAMPLES]
    assert [len(errors or ()) for errors in found] == [4, 3, 3]
    asked = esa_prompt.EXAMPLES[0][0]
    assert asked.startswith("English source:\n```I do apologise about this") and asked.endswith(
        "what the text is trying to say is still understandable."
    )
    assert "one of two categories: major or minor" in asked and "critical" not in asked.lower()


def test_the_second_question_of_esa_is_as_published() -> None:
    asked = esa_prompt.score_question("French", "le {target_seg}", "Polish", "kot", "{source_lang}")
    assert asked == (
        "Given the translation from French to Polish and the annotated error spans, assign a score on a"
        ' continuous scale from 0 to 100. The scale has following reference points: 0="No meaning preserved",'
        ' 33="Some meaning preserved", 66="Most meaning preserved and few grammar mistakes", up to'
        ' 100="Perfect meaning and grammar".\n\nScore the following translation from French source:\n'
        "```le {target_seg}```\nPolish translation:\n```kot```\nAnnotated error spans:\n```{source_lang}```\n"
        "Score (0-100): "
    )


def error(words: str | None) -> JudgedError:
    return JudgedError("minor", "other", words)


def test_words_are_found_in_the_output_then_in_the_source_or_kept_without_a_place() -> None:
    output, source = "Kot 🐈 siedzi, kot śpi.", "Le chat noir dort."
    found = located(
        [
            error("kot"),
            error("kot"),
            error("CHAT  noir"),
            error("pies"),
            error(None),
            error(" "),
            error("🐈 sie"),
        ],
        output,
        source,
    )
    assert [(mark.start, mark.end, mark.within) for mark in found] == [
        (14, 17, "output"), (None, None, "output"), (3, 12, "source"), (None, None, "output"),
        (None, None, "output"), (None, None, "output"), (4, 9, "output"),
    ]  # fmt: skip
    assert output[14:17] == "kot" and source[3:12] == "chat noir" and found[3].text == "pies"
    assert [mark.to_json() for mark in found][2] == {
        "severity": "minor", "category": "other", "text": "CHAT  noir", "start": 3, "end": 12,
        "within": "source",
    }  # fmt: skip


def test_words_that_look_like_a_pattern_are_words() -> None:
    (mark,) = located([error("(a+)+$")], "x (a+)+$ y", "")
    assert (mark.start, mark.end) == (2, 8)


def test_what_stands_around_an_answer_is_taken_off() -> None:
    assert bare(" ~~~\n5\n~~~ ") == "5"
    assert bare("```5```") == "```5```", "not a block"
