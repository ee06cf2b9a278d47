"""Outputs of whole documents: read, re-segmented, scored by segment, recorded; and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest

from harness import registry
from harness.common.limits import Reads
from harness.config.schema import compose
from harness.config.typed import typed
from harness.errors import ConfigError, DataError
from harness.protocols import Batch, Engine, Translated
from harness.results.record import Record
from harness.results.store import Store
from harness.run.pipeline import run_one
from harness.types import Piece, Realigned, Translation

SOURCES = {
    "ship": ["The ship left on Monday.", "Nobody knew where it went.", "The captain looked at the sea."],
    "tree": ["A tree stood in the garden.", "It was very old."],
}
REFERENCES = {
    "ship": [
        "Das Schiff verließ am Montag den Hafen von Rostock.",
        "Niemand an Bord wusste, wohin die Reise ging.",
        "Der Kapitän schwieg und blickte auf das Meer.",
    ],
    "tree": ["Ein alter Baum stand im Garten hinter dem Haus.", "Er war älter als das Haus selbst."],
}
OUTPUTS = {
    "ship": [
        "Am Montag hat das Schiff den Rostocker Hafen verlassen.",
        "Keiner an Bord wusste, wohin die Reise gehen sollte.",
        "Der Kapitän sagte nichts. Er blickte auf das Meer.",
    ],
    "tree": ["Im Garten hinter dem Haus stand ein alter Baum.", "Er war noch älter als das Haus."],
}
LINES = [text for texts in OUTPUTS.values() for text in texts]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").write_text("\n".join(t for texts in SOURCES.values() for t in texts) + "\n")
    (tmp_path / "ref").write_text("\n".join(t for texts in REFERENCES.values() for t in texts) + "\n")
    (tmp_path / "docs").write_text("".join(f"{name}\n" * len(texts) for name, texts in SOURCES.items()))
    (tmp_path / "outs").mkdir()
    for name, texts in OUTPUTS.items():
        (tmp_path / "outs" / f"{name}.txt").write_text(" ".join(texts) + "\n")
    return tmp_path


def run(folder: Path, path: Path, *words: str) -> tuple[Record, list[dict[str, Any]]]:
    return run_with(folder, "model=file", f"engine.path={path}", *words)


def run_with(folder: Path, *words: str) -> tuple[Record, list[dict[str, Any]]]:
    data = [f"data.{key}={folder}/{name}" for key, name in (("src", "src"), ("tgt", "ref"), ("docs", "docs"))]
    fixed = ["data=bitext", *data, "pair.src=en", "pair.tgt=de", "metrics=[bleu,chrf]"]
    config = compose([*fixed, f"results={folder}/results", *words])
    store = Store(config.results)
    record = run_one(typed(config), store, f"run-{len(list(folder.glob('results/runs/*')))}").record
    return record, list(store.segments(record.run_id))


def realigned(record: Record) -> dict[str, int]:
    assert record.counts.realign is not None
    return record.counts.realign


def document(folder: Path, path: Path, *words: str) -> tuple[Record, list[dict[str, Any]]]:
    return run(folder, path, "engine.unit=document", *words)


def hypotheses(lines: list[dict[str, Any]]) -> list[str]:
    return [line["hypothesis"] for line in lines]


def test_documents_score_as_their_lines_do(folder: Path) -> None:
    (folder / "lines").write_text("\n".join(LINES) + "\n")
    by_line, _ = run(folder, folder / "lines")
    assert by_line.counts.realign is None
    whole, lines = document(folder, folder / "outs")
    assert hypotheses(lines) == LINES
    assert [s.value for s in whole.scores] == [s.value for s in by_line.scores]
    assert realigned(whole) == {
        "by_wer": 2, "outputs": 2, "segments": 5, "omitted": 0, "hallucinated": 0, "unsure": 0,
        "characters": sum(len(" ".join(texts)) for texts in OUTPUTS.values()), "nowhere_characters": 0,
    }  # fmt: skip


def test_pieces_are_spans_of_the_recorded_output(folder: Path) -> None:
    _, lines = document(folder, folder / "outs")
    for name, texts in OUTPUTS.items():
        own = [line for line in lines if line["doc"] == name]
        output = own[0]["document"]["output"]
        assert output == " ".join(texts)
        assert "".join(output[line["piece"]["start"] : line["piece"]["end"]] for line in own) == output
        assert all("document" not in line for line in own[1:])


def test_one_file_with_blank_lines_or_ids_reads_like_a_folder(folder: Path) -> None:
    joined = ["\n".join(OUTPUTS["ship"]), " ".join(OUTPUTS["tree"])]
    (folder / "blank").write_text("\n\n".join(joined) + "\n")
    rows = [{"doc": name, "out": text} for name, text in zip(OUTPUTS, joined, strict=True)]
    (folder / "ids.jsonl").write_text("".join(json.dumps(row) + "\n" for row in reversed(rows)))
    assert hypotheses(document(folder, folder / "blank")[1]) == LINES
    table = document(folder, folder / "ids.jsonl", "engine.id=doc", "engine.column=out")[1]
    assert hypotheses(table) == LINES


@pytest.mark.parametrize("how", ["wer", "embed"])
def test_the_method_can_be_chosen_and_is_recorded(folder: Path, how: str) -> None:
    record, lines = document(folder, folder / "outs", f"realign={how}")
    assert realigned(record)[f"by_{how}"] == 2 and lines[0]["document"]["method"] == how
    assert hypotheses(lines) == LINES


def test_omissions_and_additions_are_counted(folder: Path) -> None:
    extra = (
        "Diese Übersetzung hat Ihnen hoffentlich geholfen, weitere Fragen beantworten wir jederzeit gerne!"
    )
    text = " ".join([OUTPUTS["ship"][0], OUTPUTS["ship"][2]])
    (folder / "outs" / "ship.txt").write_text(text)
    (folder / "outs" / "tree.txt").write_text(" ".join([*OUTPUTS["tree"], extra]))
    record, lines = document(folder, folder / "outs")
    assert [line["health"] for line in lines if "omitted" in line["health"]] == [["empty", "omitted"]]
    assert record.health["omitted"] == record.health["hallucinated"] == 1
    assert realigned(record)["nowhere_characters"] == len(extra)
    assert lines[4]["hypothesis"].endswith(extra)


@pytest.mark.parametrize("how", ["wer", "embed"])
def test_repeated_sentences_and_strange_pieces_are_counted(folder: Path, how: str) -> None:
    ship = OUTPUTS["ship"]
    (folder / "outs" / "ship.txt").write_text(" ".join([ship[0], ship[0], "Das ist bekannt.", ship[2]]))
    record, lines = document(folder, folder / "outs", f"realign={how}")
    assert record.health["hallucinated"] == 1 and "hallucinated" in lines[0]["health"]
    # `embed` names "Das ist bekannt." too, which `wer` gives to a segment it is unlike
    assert realigned(record)["nowhere_characters"] == len(ship[0]) + (16 if how == "embed" else 0)
    assert realigned(record)["unsure"] >= 1 and lines[1]["piece"]["confidence"] < 0.5


def refusal(folder: Path, path: Path, *words: str) -> str:
    with pytest.raises((DataError, ConfigError)) as caught:
        document(folder, path, *words)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_documents_that_do_not_match_are_refused(folder: Path) -> None:
    (folder / "outs" / "tree.txt").rename(folder / "outs" / "three.txt")
    assert "no output for 1 of 2 documents" in (said := refusal(folder, folder / "outs"))
    assert "tree" in said and "three" in said
    (folder / "outs" / "tree.txt").write_text("Ein Baum.")
    assert "outputs of 1 documents that the test set does not have: three" in refusal(folder, folder / "outs")
    (folder / "blank").write_text("Eins.\n\nZwei.\n\nDrei.\n")
    assert "3 documents between blank lines, the test set has 2" in refusal(folder, folder / "blank")
    (folder / "empty").mkdir()
    assert "holds no files" in refusal(folder, folder / "empty")


def test_an_id_with_invisible_characters_is_shown(folder: Path) -> None:
    rows = [
        {"doc": name + "\u200b" * (name == "tree"), "out": " ".join(texts)} for name, texts in OUTPUTS.items()
    ]
    (folder / "ids.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = refusal(folder, folder / "ids.jsonl", "engine.id=doc", "engine.column=out")
    assert "no output for 1 of 2 documents" in said and "without a document: tree⟨U+200B⟩" in said


def test_empty_documents_and_other_languages_are_refused(folder: Path) -> None:
    for nothing in (" \n", "", "\n\t\n\n", "\u200b\ufeff\u200d\n", "... !!!\n"):
        (folder / "outs" / "tree.txt").write_text(nothing)
        assert "no text for 1 of 2 documents (no letter or figure): tree" in refusal(folder, folder / "outs")
    for name, texts in SOURCES.items():
        (folder / "outs" / f"{name}.txt").write_text(" ".join(texts * 3))
    said = refusal(folder, folder / "outs")
    assert "2 of 2 documents are clearly not in 'de' (ship: 'en')" in said
    chinese = "据新华社报道，两国领导人今天通了电话，就双边关系和地区局势交换了意见，并同意继续加强经贸合作。"
    for name in SOURCES:
        (folder / "outs" / f"{name}.txt").write_text(chinese)
    assert "2 of 2 documents are clearly not in 'de' (ship: 'zh')" in refusal(folder, folder / "outs")


def test_one_document_in_another_language_is_scored_with_a_warning(folder: Path) -> None:
    (folder / "outs" / "tree.txt").write_text(" ".join(SOURCES["tree"] * 3))
    assert any(
        "1 of 2 documents are clearly not in 'de'" in w for w in document(folder, folder / "outs")[0].warnings
    )


def test_what_cannot_be_cut_is_refused(folder: Path) -> None:
    assert "only 3 of 5 segments" in refusal(folder, folder / "outs", "limit=3")
    assert "data.docs=FILE" in refusal(folder, folder / "outs", "data.docs=null")
    assert "engine.column=COLUMN" in refusal(folder, folder / "blank", "engine.id=doc")
    (folder / "lines").write_text("\n".join(LINES) + "\n")
    with pytest.raises(ConfigError, match="nothing to re-segment"):
        run(folder, folder / "lines", "realign=wer")
    assert "aligner.order=free" in refusal(folder, folder / "outs", "aligner.order=free")


def test_runs_of_lines_keep_their_identity_and_documents_have_their_own(folder: Path) -> None:
    first, _ = document(folder, folder / "outs")
    again, _ = document(folder, folder / "outs")
    other, _ = document(folder, folder / "outs", "realign=embed")
    assert first.run_id == again.run_id != other.run_id


class Flowing(Engine):
    """An engine of whole documents that makes one paragraph of what it is given, and remembers it."""

    asked: ClassVar[list[str]] = []

    def __init__(
        self,
        model: Annotated[Any, Reads(())],
        src: str,
        tgt: str,
        unit: str = "document",
        window: int = 10,
        context: int = 0,
        fails: bool = False,
        lines: int = 1000,
    ) -> None:
        self.unit, self.window, self.context = unit, window, context  # type: ignore[assignment]
        self._fails, self._lines = fails, lines

    @property
    def identity(self) -> dict[str, Any]:
        return {"engine": "flowing", "fails": self._fails}

    def fits(self, source: str) -> bool:
        return len(source.split("\n")) <= self._lines

    def translate(self, batch: Batch) -> Translated:
        known = {s: o for name in SOURCES for s, o in zip(SOURCES[name], OUTPUTS[name], strict=True)}
        for at, source in enumerate(batch.sources):
            Flowing.asked.append(source)
            output = " ".join(known[line] for line in source.split("\n"))
            failed = self._fails and "tree" in source
            yield [
                (at, Translation(source, "", "error", error="no") if failed else Translation(source, output))
            ]


def flowing(folder: Path, *words: str) -> tuple[Record, list[dict[str, Any]]]:
    Flowing.asked.clear()
    kind = f"engine.kind={__name__}:Flowing"
    return run_with(folder, "model=copy", kind, "backend.retries=0", *words)


def test_an_engine_of_documents_is_given_them_whole(folder: Path) -> None:
    record, lines = flowing(folder)
    assert Flowing.asked == ["\n".join(texts) for texts in SOURCES.values()]
    assert hypotheses(lines) == LINES and realigned(record)["outputs"] == 2


def test_windows_are_translated_with_their_context_and_scored_without(folder: Path) -> None:
    record, lines = flowing(folder, "+engine.unit=window", "+engine.window=1", "+engine.context=1")
    ship, tree = SOURCES.values()
    assert Flowing.asked == [ship[0], "\n".join(ship[:2]), "\n".join(ship[1:]), tree[0], "\n".join(tree)]
    assert hypotheses(lines) == LINES and realigned(record)["outputs"] == 5
    output = lines[1]["document"]["output"]
    assert output[lines[1]["piece"]["start"] : lines[1]["piece"]["end"]].strip() == LINES[1]


def test_a_document_beyond_the_model_is_translated_in_the_largest_windows(folder: Path) -> None:
    record, lines = flowing(folder, "+engine.lines=2")
    ship, tree = SOURCES.values()
    assert Flowing.asked == ["\n".join(ship[:2]), "\n".join(ship[1:]), "\n".join(tree)]
    assert hypotheses(lines) == LINES
    assert realigned(record)["windows"] == 2 and realigned(record)["outputs"] == 3
    assert (lines[2]["document"]["window"], lines[2]["document"]["context"]) == ("ship#2", 1)
    assert "window" not in lines[3]["document"]
    assert any("the largest windows that fit" in warning for warning in record.warnings)
    whole, _ = flowing(folder)
    assert "windows" not in realigned(whole) and not any("windows" in w for w in whole.warnings)


def test_a_document_that_fails_fails_in_each_segment(folder: Path) -> None:
    record, lines = flowing(folder, "+engine.fails=true")
    assert record.failed == 2 and [line["finish_reason"] for line in lines] == ["stop"] * 3 + ["error"] * 2
    assert hypotheses(lines)[:3] == LINES[:3] and "omitted" not in record.health


def test_shards_end_where_documents_do_and_score_the_same(folder: Path) -> None:
    whole, _ = flowing(folder)
    divided, lines = flowing(folder, "backend.shard_size=2", "force=true")
    assert len(list((folder / f"results/runs/{divided.run_id}/segments").glob("part-*"))) == 2
    assert hypotheses(lines) == LINES and divided.counts.realign == whole.counts.realign
    assert [score.value for score in divided.scores] == [score.value for score in whole.scores]


def test_a_subset_of_a_document_is_translated_as_one(folder: Path) -> None:
    _, lines = flowing(folder, "limit=2")
    assert Flowing.asked == ["\n".join(SOURCES["ship"][:2])] and hypotheses(lines) == LINES[:2]


def test_models_of_one_sentence_are_refused_documents() -> None:
    def openai(model: dict[str, Any], **options: Any) -> Any:
        config = {"kind": "openai", **options}
        return registry.build(
            "engine", config, model={"id": "x", "prompt": "{text}", **model}, src="en", tgt="de"
        )

    assert openai({"family": "llm"}, unit="window", window=4, context=2).context == 2
    with pytest.raises(ConfigError, match="one sentence at a time"):
        openai({"family": "llm", "sentence_level": True}, unit="document")
    with pytest.raises(ConfigError, match=r"engine.context=2: is of engine.unit=window"):
        openai({"family": "llm"}, context=2)


class Thirds:
    """A plain re-segmenter of a user's own, which loses the last character."""

    def realign(self, output: str, sources: list[str], references: list[list[str]]) -> Realigned:
        step = len(output) // len(sources)
        return Realigned([Piece(k * step, (k + 1) * step - 1) for k in range(len(sources))], "thirds")


def test_pieces_that_are_not_the_output_are_refused(folder: Path) -> None:
    said = refusal(folder, folder / "outs", f"realign.kind={__name__}:Thirds")
    assert "realign 'thirds'" in said and "is not the output" in said
