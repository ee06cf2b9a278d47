"""What a language model is shown: examples, terms, and that none of it is in the test set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.common.langs import language
from harness.errors import ConfigError, DataError
from harness.translate.prompts import Prompt

FR, PL = language("fr"), language("pl")


def prompt(**model: Any) -> Prompt:
    return Prompt.of({"name": "llm", "prompt": "{source_language}: {text}", **model}, FR, PL)


@pytest.fixture
def examples(tmp_path: Path) -> str:
    path = tmp_path / "shots.tsv"
    path.write_text("Oui.\tTak.\nNon.\tNie.\nMerci.\tDziękuję.\n", encoding="utf-8")
    return str(path)


def test_examples_are_turns_of_the_chat_in_the_form_of_the_prompt(examples: str) -> None:
    found = prompt(examples={"path": examples}, system="Be brief.").messages("Bonjour.")
    assert [(m["role"], m["content"]) for m in found] == [
        ("system", "Be brief."),
        ("user", "French: Oui."),
        ("assistant", "Tak."),
        ("user", "French: Non."),
        ("assistant", "Nie."),
        ("user", "French: Merci."),
        ("assistant", "Dziękuję."),
        ("user", "French: Bonjour."),
    ]


def test_examples_stand_where_the_prompt_wants_them(examples: str) -> None:
    made = prompt(
        prompt="[[As here:\n{examples}\n\n]]{text} =", example="{source} = {target}", chat=False,
        examples={"path": examples},
    )  # fmt: skip
    assert made.text("{examples}") == (
        "As here:\nOui. = Tak.\n\nNon. = Nie.\n\nMerci. = Dziękuję.\n\n{examples} ="
    )
    without = prompt(prompt="[[As here:\n{examples}\n\n]]{text} =", chat=False)
    assert without.text("Oui.") == "Oui. ="
    with pytest.raises(ConfigError, match="has no place for them; put {examples}"):
        prompt(chat=False, examples={"path": examples})


def test_a_few_examples_are_drawn_from_a_development_set_by_the_seed(tmp_path: Path) -> None:
    for lang in ("fr", "pl"):
        (tmp_path / f"dev.{lang}").write_text("".join(f"{lang} {i}\n" for i in range(100)))
    files = {"src": str(tmp_path / "dev.fr"), "tgt": str(tmp_path / "dev.pl")}
    first = prompt(examples={**files, "n": 5}).examples
    assert len(set(first)) == 5
    assert all(source.split()[1] == target.split()[1] for source, target in first)
    assert prompt(examples={**files, "n": 5, "seed": 0}).examples == first
    assert prompt(examples={**files, "n": 5, "seed": 1}).examples != first
    with pytest.raises(ConfigError, match=r"100 in .*dev.fr; say how many are drawn: model.examples.n=5"):
        prompt(examples=files)
    with pytest.raises(ConfigError, match="model.examples.n=101: from 1 to 100"):
        prompt(examples={**files, "n": 101})
    (tmp_path / "dev.pl").write_text("one line\n")
    with pytest.raises(DataError, match=r"has 100 lines, .*dev.pl 1"):
        prompt(examples={**files, "n": 5})


def test_only_terms_of_the_text_are_shown_as_whole_words_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "terms.tsv"
    path.write_text("chat\tkot\nchâteau\tzamek\nEau de Paris\tWoda Paryska\n", encoding="utf-8")
    made = prompt(prompt="[[Terms:\n{glossary}\n]]{text}", term="{source} -> {target}", glossary=str(path))
    assert made.text("Le Château et le chat.") == (
        "Terms:\nchâteau -> zamek\nchat -> kot\nLe Château et le chat."
    )
    assert made.text("Les achats.") == "Les achats."
    with pytest.raises(ConfigError, match="has no place for terms; put {glossary}"):
        prompt(glossary=str(path))
    path.write_text("chat\tkot\nchat\tkocur\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"terms.tsv:2: 'chat' is 'kot' in a line before"):
        prompt(prompt="{glossary}{text}", glossary=str(path))


def test_terms_of_languages_without_spaces_are_found_within_words(tmp_path: Path) -> None:
    path = tmp_path / "terms.tsv"
    path.write_text("東京\tTokio\n", encoding="utf-8")
    model = {"name": "llm", "prompt": "{glossary}|{text}", "glossary": str(path)}
    assert Prompt.of(model, language("ja"), PL).text("私は東京に") == "東京: Tokio|私は東京に"


def test_what_is_shown_is_of_the_identity_and_its_absence_is_not(examples: str, tmp_path: Path) -> None:
    assert prompt().identity.keys() == {"prompt", "system", "chat", "stop"}
    assert prompt(examples={"path": examples}).identity["examples"][0] == ["Oui.", "Tak."]
    terms = tmp_path / "terms.tsv"
    identities = set()
    for translation in ("kot", "kocur"):
        terms.write_text(f"chat\t{translation}\n")
        identities.add(str(prompt(prompt="{glossary}{text}", glossary=str(terms)).identity))
    assert len(identities) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"paths": "x"}, "model.examples.paths: no such option. Did you mean 'path'?"),
        ({"path": "a", "src": "b", "tgt": "c"}, "one of them"),
        ({"src": "b"}, "one of them"),
        ({"n": 3}, "one of them"),
    ],
)
def test_options_of_examples_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        prompt(examples=options)
    assert message in str(caught.value)


def test_a_line_without_a_tab_is_named(tmp_path: Path) -> None:
    path = tmp_path / "shots.tsv"
    path.write_text("Oui.\tTak.\n\nNon\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"shots.tsv:3: 1 columns; a line is a text, a tab and"):
        prompt(examples={"path": str(path)})


def test_examples_may_be_written_out_with_line_breaks_in_them() -> None:
    found = prompt(examples={"pairs": [["Un\ndeux", "Jeden\ndwa"]]}).messages("Bonjour.")
    assert [turn["role"] for turn in found] == ["user", "assistant", "user"]
    assert found[1]["content"] == "Jeden\ndwa" and "Un\ndeux" in found[0]["content"]
    for wrong in ({"pairs": []}, {"pairs": [["a"]]}, {"pairs": [["a", ""]]}, {"pairs": [["a", "b"]], "n": 1}):
        with pytest.raises(ConfigError, match=r"model\.examples"):
            prompt(examples=wrong)
