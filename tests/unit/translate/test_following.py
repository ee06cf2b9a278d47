"""Texts in the context of their documents: what is shown, in which order, and that a stopped run goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.common.langs import language
from harness.common.notices import collecting
from harness.errors import ConfigError, StageError
from harness.protocols import Batch, Engine, Translated
from harness.translate.batching import cut
from harness.translate.context import packed, unpacked, with_less
from harness.translate.prompts import Prompt
from harness.translate.retry import Tolerant
from harness.translate.runner import stream
from harness.types import Translation


class Upper(Engine):
    """Writes a text in capitals, and keeps what it was shown."""

    before = 2

    def __init__(self, fails: str = "") -> None:
        self.seen: list[tuple[list[tuple[str, str]], str]] = []
        self._fails = fails

    @property
    def identity(self) -> Mapping[str, Any]:  # type: ignore[override]
        return {"engine": "upper"}

    def translate(self, batch: Batch) -> Translated:
        for index, text in enumerate(batch.sources):
            before, source = unpacked(text)
            if source == self._fails:
                raise StageError("down")
            self.seen.append((before, source))
            yield [(index, Translation(text, source.upper()))]


SOURCES = ["a1", "b1", "a2", "", "a3", "b2", "a4", "lone"]
DOCS = ["a", "b", "a", "a", "a", "b", "a", None]


def run(engine: Upper, cache: Path, docs: Sequence[str | None] = DOCS) -> list[Translation]:
    return list(stream(Tolerant(engine, retries=0), Batch(SOURCES, docs=docs), cache, src="fr", tgt="pl"))


def test_each_text_is_shown_those_before_it_in_its_document_with_their_translations(tmp_path: Path) -> None:
    engine = Upper()
    found = run(engine, tmp_path)
    assert [(t.source, t.hypothesis) for t in found] == [(source, source.upper()) for source in SOURCES]
    shown = {source: before for before, source in engine.seen}
    assert shown == {
        "a1": [],
        "b1": [],
        "lone": [],
        "a2": [("a1", "A1")],
        "b2": [("b1", "B1")],
        "a3": [("a1", "A1"), ("a2", "A2")],
        "a4": [("a2", "A2"), ("a3", "A3")],
    }
    again = Upper()
    assert run(again, tmp_path) == found
    assert again.seen == []


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(StageError):
        run(Upper(fails="a3"), tmp_path)
    engine = Upper()
    run(engine, tmp_path)
    assert {source for _, source in engine.seen} == {"a3", "a4"}


def test_a_test_set_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no documents to take the sentences before from"):
        run(Upper(), tmp_path, [])


def test_what_is_packed_comes_out_again_and_gets_less_from_the_far_end() -> None:
    pairs = [("Un.", "Jeden."), ("Deux\x1f\x1e.", "")]
    text = packed("Trois.", pairs)
    assert unpacked(text) == ([("Un.", "Jeden."), ("Deux  .", "")], "Trois.")
    assert unpacked(str(with_less(text))) == ([("Deux  .", "")], "Trois.")
    assert with_less(packed("Trois.", [])) is None is with_less("Trois.")
    assert unpacked("Trois.") == ([], "Trois.")


def test_the_prompt_holds_the_context_and_refuses_to_have_no_place_for_it() -> None:
    model = {"name": "llm", "prompt": "[[Before:\n{context}\n\n]]{text}", "context": 3}
    model["example"] = "{source} = {target}"
    prompt = Prompt.of(model, language("fr"), language("pl"))
    pairs = [("Un.", "Jeden."), ("{text}", "Dwa.")]
    assert prompt.text(packed("Trois.", pairs)) == "Before:\nUn. = Jeden.\n\n{text} = Dwa.\n\nTrois."
    assert prompt.messages(packed("Trois.", []))[-1]["content"] == "Trois."
    assert prompt.identity["context"] == 3
    with pytest.raises(ConfigError, match="put {context} into model.prompt"):
        Prompt.of({**model, "prompt": "{text}"}, language("fr"), language("pl"))


def test_context_that_the_model_has_no_room_for_is_left_out_and_told() -> None:
    def lengths(texts: Sequence[str]) -> list[int]:
        return [sum(len(part.split()) for pair in unpacked(t)[0] for part in pair) + 1 for t in texts]

    pairs = [("one two", "x"), ("three", "y")]
    with collecting() as notices:
        (item,) = cut([packed("four", pairs)], lengths, 3, "split")
    assert unpacked(item.texts[0]) == ([("three", "y")], "four")
    assert item.length == 3
    assert any("sentences before a text were cut" in notice for notice in notices)
