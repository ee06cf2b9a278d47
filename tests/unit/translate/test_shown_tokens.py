"""How many tokens of a prompt are context, terms and examples."""

from __future__ import annotations

from harness.common.langs import language
from harness.translate.context import packed
from harness.translate.prompts import Prompt
from harness.translate.shown import estimated, shown_tokens
from harness.types import Details

MODEL = {
    "prompt": "[[{context}\n]][[{glossary}\n]]{text}",
    "context": 2,
    "example": "{source}={target}",
    "examples": {"pairs": [["Oui.", "Tak."]]},
}


def prompt(**model: object) -> Prompt:
    return Prompt.of({**MODEL, **model}, language("fr"), language("pl"))


def characters(prompt: Prompt, text: str) -> int:
    return len(prompt.sent(text))


def test_each_is_what_the_prompt_has_less_without_it() -> None:
    text = packed("Non.", [("Un.", "Jeden."), ("Deux.", "Dwa.")])
    found = shown_tokens(prompt(), text, characters)
    assert found == {"context": len("Un.=Jeden.\n\nDeux.=Dwa.\n"), "examples": len("Oui.\nTak.\n")}
    assert shown_tokens(prompt(), "Non.", characters)["context"] == 0
    assert shown_tokens(prompt(context=0, examples=None), "Non.", characters) == {}


def test_of_a_service_it_is_a_share_of_its_own_count() -> None:
    asked = prompt(examples=None)
    text = packed("12345", [("12", "34")])  # 12=34 and a line break, then 5 characters
    details = estimated(asked, text, Details(prompt_tokens=22))
    assert details.shown == {"context": 12}
    assert estimated(asked, text, Details()).shown is None, "the service says nothing"
    plain = prompt(examples=None, context=0)
    assert estimated(plain, "12345", Details(prompt_tokens=22)).shown is None
