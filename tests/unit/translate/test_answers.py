"""`engine.answer`: each filter removes what it is for, and leaves alone what belongs to the text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.output_health.measure import ALL, NOTHING_LEFT, UNCLOSED
from harness import registry
from harness.errors import ConfigError
from harness.protocols import Batch, Engine, Translated
from harness.translate.answers import FILTERS, chosen, clean
from harness.translate.runner import translate
from harness.types import Details, Translation

GOOD = [
    ("The lamp is on.", "Die Lampe ist an."),
    ("He said it (twice): no.", "Er sagte es (zweimal): nein."),
    ("Note: 3 * 4 is 12.", "Anmerkung: 3 * 4 ist 12."),
    ('"Stop," she said.', "„Halt“, sagte sie."),
    ("First line\nsecond line", "Erste Zeile\nzweite Zeile"),
    ("The translation is a craft: hard.", "Die Übersetzung ist ein Handwerk: schwer."),
    ("1. One\n2. Two", "1. Eins\n2. Zwei"),
    ("Use </s> here.", "Verwende hier </s>."),
    ("German: a language", "Deutsch: eine Sprache"),
    ("Answer: forty-two.", "Antwort: zweiundvierzig."),
    ("Question: why?\nAnswer: because.", "Frage: warum?\nAntwort: darum."),
    ("- a lamp\n- a table", "- eine Lampe\n- ein Tisch"),
    ("<b>All of it</b>", "<b>Alles</b>"),
    ('{"title": "Hello"}', '{"title": "Hallo"}'),
    ("2. Turn it off.", "2. Schalten Sie es aus."),
    ("Here is my answer: no!", "Hier ist meine Antwort: nein!"),
    ("The Lord of the Rings: The Two Towers, 2002", "The Lord of the Rings: The Two Towers, 2002"),
    ('She cried: "Here is the text."', "Sie rief: „Hier ist der Text.“"),
    ("(unchanged since 1990)", "(seit 1990 unverändert)"),
    ("analysis of the data", "Analyse der Daten"),
    ("Sorry, I cannot help you tonight, Anna.", "Tut mir leid, ich kann dir heute Abend nicht helfen, Anna."),
]
SOURCE = "The lamp is on the table."
REMOVED = {n: form for n, (flag, form) in ALL.items() if flag not in NOTHING_LEFT and n not in UNCLOSED}


@pytest.mark.parametrize(("source", "text"), GOOD)
def test_a_translation_stays_as_it_is(source: str, text: str) -> None:
    assert clean(text, source, "de", chosen("strip")) == text


@pytest.mark.parametrize("form", REMOVED.values(), ids=REMOVED)
def test_what_models_add_is_removed(form: str) -> None:
    assert (
        clean(form.format("Die Lampe ist da.", SOURCE), SOURCE, "de", chosen("strip")) == "Die Lampe ist da."
    )


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("<think>Hm.\n<b>so</b></think>\n\n**German:** \"Ja.\"\n\nNote: short.", "Ja."),
        ("Here is the translation:\n\n```text\nJa.\nNein.\n```\n\nLet me know if it helps!", "Ja.\nNein."),
        ("<|channel|>analysis<|message|>Hm<|end|><|channel|>final<|message|>Ja.<|return|>", "Ja."),
        ("Ja.<|im_end|>\n<|im_start|>user\nMore?", "Ja."),
        ("<think>Hm, this goes on", ""),
        ("Ja. Please let me know if you want more.", "Ja."),
    ],
)  # fmt: skip
def test_what_is_around_what_is_around(output: str, expected: str) -> None:
    assert clean(output, "Yes.", "de", chosen("strip")) == expected


def test_only_the_filters_that_are_named_work() -> None:
    output = '<think>Hm.</think> "Ja."</s>'
    assert clean(output, "Yes.", "de", chosen(["think"])) == '"Ja."</s>'
    assert clean(output, "Yes.", "de", chosen(["quotes", "tokens"])) == '<think>Hm.</think> "Ja."'
    assert chosen(["quotes", "think"]) == ("think", "quotes") and chosen("raw") == ()
    assert chosen("strip") == tuple(FILTERS)


class Wrapping(Engine):
    """Says the text again, in quotes, after thoughts."""

    def __init__(self, answer: Any = "raw") -> None:
        self.filters = chosen(answer)
        self.asked = 0

    @property
    def identity(self) -> dict[str, Any]:
        return {"engine": "wrapping", **({"answer": list(self.filters)} if self.filters else {})}

    def translate(self, batch: Batch) -> Translated:
        self.asked += len(batch.sources)
        yield [(i, Translation(s, f'<think>?</think>"{s.upper()}"')) for i, s in enumerate(batch.sources)]


def test_the_raw_output_is_kept_and_other_filters_ask_nothing_again(tmp_path: Path) -> None:
    raw = Wrapping()
    (as_it_came,) = translate(raw, ["ja."], tmp_path)
    assert as_it_came.hypothesis == '<think>?</think>"JA."' and as_it_came.details == Details()
    for answer, expected in (("strip", "JA."), (["think"], '"JA."')):
        cleaning = Wrapping(answer)
        (found,) = translate(cleaning, ["ja."], tmp_path, tgt="de")
        assert (found.hypothesis, found.details.raw) == (expected, '<think>?</think>"JA."')
        assert cleaning.asked == 0 and cleaning.identity != raw.identity


@pytest.mark.parametrize("kind", ["transformers", "vllm", "openai", "rest", "command"])
def test_an_unknown_filter_is_refused(kind: str) -> None:
    with pytest.raises(ConfigError, match=r"engine.answer=\[thnk\].*Did you mean 'think'"):
        registry.check("engine", {"kind": kind, "answer": ["thnk"]})
    with pytest.raises(ConfigError, match=r"engine.answer=strp.*Did you mean 'strip'"):
        registry.check("engine", {"kind": kind, "answer": "strp"})
