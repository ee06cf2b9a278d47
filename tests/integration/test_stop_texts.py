"""`model.stop` ends generation, of each text on its own, and applies to the answer behind its thoughts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.common.langs import language
from harness.common.thoughts import answer_start, opens
from harness.translate.engines.stopping import stopping
from harness.translate.prompts import Prompt
from harness.translate.runner import translate
from tests.support import tiny_checkpoints as checkpoints

LIMIT = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.llama(tmp_path_factory.mktemp("stops") / "llama")


def outputs(folder: Path, cache: Path, sources: list[str], stop: list[str], **options: Any) -> Any:
    model = {"name": "m", "family": "llm", "path": str(folder), "prompt": "{text}", "stop": stop}
    config = {"kind": "transformers", "max_new_tokens": LIMIT, **options}
    engine = registry.build("engine", config, model=model, src="fr", tgt="pl")
    return translate(engine, sources, cache)


def test_generation_ends_at_a_stop_text(folder: Path, tmp_path: Path) -> None:
    sources = checkpoints.lines("fr")[:6]
    free = outputs(folder, tmp_path / "a", sources, [])
    longest = max((t.hypothesis for t in free), key=len)
    stop = longest[len(longest) // 2 :][:3]
    ended = outputs(folder, tmp_path / "b", sources, [stop])
    for before, after in zip(free, ended, strict=True):
        if stop in before.hypothesis:
            assert after.hypothesis == before.hypothesis.split(stop)[0].strip()
            assert after.finish_reason == "stop" and after.n_tokens < before.n_tokens
        else:
            assert (after.hypothesis, after.n_tokens) == (before.hypothesis, before.n_tokens)
    beams = outputs(folder, tmp_path / "c", sources, [stop], beams=3)
    assert not [t for t in beams if stop in t.hypothesis]
    often = outputs(folder, tmp_path / "d", sources, ["e", "a"], beams=3)  # in a beam of every text
    assert not [t for t in often if "e" in t.hypothesis or "a" in t.hypothesis]


def test_stops_wait_for_the_end_of_thoughts() -> None:
    torch = pytest.importorskip("torch")

    class Letters:
        def decode(self, ids: list[int], **_: Any) -> str:
            return "".join(map(chr, ids))

    prompt = Prompt.of({"prompt": "{text}", "stop": ["##"]}, language("fr"), language("pl"))
    texts = ["<think>a##", "b</think>##", "c##", "d##", "<think>e##</think>f", "g#"]
    width = max(map(len, texts))
    ids = torch.tensor([[ord(letter) for letter in "PP" + text.rjust(width)] for text in texts])
    criteria = stopping(Letters(), prompt, 2, [False, True, True, False, False, False])
    assert criteria(ids, None).tolist() == [False, True, False, True, False, False]
    criteria = stopping(Letters(), prompt, 2, [False, True, False])  # two beams a text
    assert criteria(ids, None).tolist() == [False, True, False, False, False, False]
    without = Prompt.of({"prompt": "{text}"}, language("fr"), language("pl"))
    assert stopping(Letters(), without, 2, [False]) is None


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("<think>first\nsecond</think>\n\nTak.\nMore", "<think>first\nsecond</think>\n\nTak."),
        ("first\nsecond</think>\n\nTak.\nMore", "first\nsecond</think>\n\nTak."),
        ("<think>first\nsecond", "<think>first\nsecond"),
        ("Tak.\nMore", "Tak."),
    ],
)
def test_an_answer_ends_before_the_first_stop_behind_its_thoughts(output: str, expected: str) -> None:
    prompt = Prompt.of({"prompt": "{text}", "stop": ["\n"]}, language("fr"), language("pl"))
    assert prompt.answer(output) == expected


def test_a_prompt_that_opens_thoughts() -> None:
    assert opens("<|assistant|>\n<think>\n") and not opens("<think>\n\n</think>\n\n")
    assert not opens("Translate: what does <think> mean?<|assistant|>")
    assert answer_start("still thinking", opened=True) is None
    assert answer_start("so</think>Tak", opened=True) == len("so</think>")
