"""What a real language model is shown in runs: examples, which may not be of the test set, and context."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support import tiny_checkpoints as checkpoints
from tests.support.program import record_files, run_harness


def tokens(folder: Path, text: str, less: str = "") -> int:
    """The tokens that a text has more than another, by the checkpoint's tokenizer."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    return len(tokenizer(text)["input_ids"]) - len(tokenizer(less)["input_ids"])


def test_examples_are_recorded_and_refused_when_they_are_in_the_test_set(tmp_path: Path) -> None:
    folder = checkpoints.llama(tmp_path / "llama")
    (tmp_path / "t.fr").write_text("Bonjour.\nLe chat dort.\n", encoding="utf-8")
    (tmp_path / "t.pl").write_text("Dzień dobry.\nKot śpi.\n", encoding="utf-8")
    shots = tmp_path / "shots.tsv"
    shots.write_text("Oui.\tTak.\nNon.\tNie.\n", encoding="utf-8")
    (tmp_path / "terms.tsv").write_text("chat\tkot\n", encoding="utf-8")
    words = [
        "run", "pair=fr-pl", "data=bitext", "data.src=t.fr", "data.tgt=t.pl", "model=llm",
        f"model.path={folder}", "engine.max_new_tokens=8", "metrics=chrf", "model.glossary=terms.tsv",
        'model.prompt="[[{glossary}\\n]]{text}"', "model.examples.path=shots.tsv",
    ]  # fmt: skip
    done = run_harness(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(record_files(tmp_path)[0].read_text())
    told = record["model"]["identity"]["told"]
    assert told["examples"] == [["Oui.", "Tak."], ["Non.", "Nie."]]
    assert told["terms"] == 1
    assert record["model"]["settings"]["beams"] == 1
    examples = tokens(
        folder, "<|user|>Oui.<|end|><|assistant|>Tak.<|end|><|user|>Non.<|end|><|assistant|>Nie.<|end|>"
    )
    assert record["usage"]["shown"] == {
        "examples": 2 * examples, "glossary": tokens(folder, "chat: kot\nLe chat dort.", "Le chat dort.")
    }  # fmt: skip
    for line in ("le chat  dort\tCoś innego.\n", "Autre chose.\tKOT ŚPI!\n"):
        shots.write_text("Oui.\tTak.\n" + line, encoding="utf-8")
        refused = run_harness(*words, cwd=tmp_path)
        assert refused.returncode == 2
        assert "model.examples: example 2 is segment" in refused.stderr


def test_the_sentences_before_are_of_the_document_and_recorded(tmp_path: Path) -> None:
    folder = checkpoints.llama(tmp_path / "llama")
    rows = [("a", "Bonjour."), ("a", "Merci."), ("b", "Bonjour."), ("b", "Merci."), ("b", "Merci.")]
    lines = [f"{doc}\t{source}\tTak.\n" for doc, source in rows]
    (tmp_path / "t.tsv").write_text("".join(["doc\tfr\tpl\n", *lines]), encoding="utf-8")
    words = [
        "run", "pair=fr-pl", "data=tsv", "data.path=t.tsv", "data.source=fr", "data.target=pl",
        "model=llm", f"model.path={folder}", "engine.max_new_tokens=8", "metrics=chrf", "model.context=1",
        'model.prompt="[[{context}\\n]]{text}"',
    ]  # fmt: skip
    refused = run_harness(*words, cwd=tmp_path)
    assert refused.returncode == 2
    assert "no documents to take the sentences before from" in refused.stderr
    done = run_harness(*words, "data.doc_id=doc", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (path,) = record_files(tmp_path)
    record = json.loads(path.read_text())
    assert record["model"]["identity"]["told"]["context"] == 1
    outputs = [json.loads(line) for line in (path.parent / "segments.jsonl").read_text().splitlines()]
    before = [f"French: Bonjour.\nPolish: {outputs[k]['hypothesis']}\n{{}}" for k in (0, 2)]
    before.append(f"French: Merci.\nPolish: {outputs[3]['hypothesis']}\n{{}}")
    counted = [tokens(folder, text.format("Merci."), "Merci.") for text in before]
    assert [line["shown"]["context"] for line in outputs] == [0, counted[0], 0, counted[1], counted[2]]
    # Equal texts after equal ones are asked for once.
    assert record["usage"]["shown"] == {"context": counted[0] + counted[2]}
    assert record["usage"]["prompt_tokens"] == sum(outputs[k]["prompt_tokens"] for k in (0, 1, 4))
    told = run_harness("show", "latest", cwd=tmp_path)
    assert f"(of which {counted[0] + counted[2]} context)" in told.stdout
    assert [line["source"] for line in outputs] == [source for _, source in rows]
    made = [line["hypothesis"] for line in outputs]
    assert made[:2] == made[2:4], "equal texts in equal contexts"
    assert made[4] != made[3], "the same text in another context"
