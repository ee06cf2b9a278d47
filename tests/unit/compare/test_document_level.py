"""Scores of whole documents from stored runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sacrebleu

from harness.cli.main import main
from tests.support.made_stores import METRICS, write_run

DOCS = [f"d{k // 3}" for k in range(30)]
REFERENCES = [f"Das ist der Satz Nummer {k}, er hat {k % 7} Wörter mehr." for k in range(30)]
HYPOTHESES = {
    "good": [f"Dies ist der Satz Nummer {k}, er hat {k % 7} Wörter mehr." for k in range(30)],
    "moved": [REFERENCES[k - 1 if k % 3 else k + 2] for k in range(30)],  # in another order, by document
}


def compared(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    for number, (name, texts) in enumerate(HYPOTHESES.items()):
        references = [[text] for text in REFERENCES]
        write_run(folder, f"2026-{number}", name, texts, references, docs=DOCS, metrics=METRICS)
    assert main(["compare", "--results", str(folder), "--format", "json", "--samples", "50", *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def by_document(texts: list[str]) -> list[str]:
    return [" ".join(texts[k : k + 3]) for k in range(0, 30, 3)]


def test_a_document_is_scored_as_one_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = json.dumps(compared(tmp_path, capsys, "--level", "document"))
    for texts in HYPOTHESES.values():
        wanted = sacrebleu.corpus_bleu(by_document(texts), [by_document(REFERENCES)]).score
        assert f"{wanted:.4f}"[:6] in text
    assert "|unit:document" in text and "length_ratio" not in text


def test_order_within_a_document_counts_by_segment_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    segments = sacrebleu.corpus_chrf(HYPOTHESES["moved"], [REFERENCES]).score
    documents = sacrebleu.corpus_chrf(by_document(HYPOTHESES["moved"]), [by_document(REFERENCES)]).score
    assert documents > segments + 5
    assert f"{segments:.4f}"[:6] in json.dumps(compared(tmp_path, capsys))
    assert f"{documents:.4f}"[:6] in json.dumps(compared(tmp_path, capsys, "--level", "document"))


def test_without_documents_there_is_no_such_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(tmp_path, "2026-0", "good", HYPOTHESES["good"], [[text] for text in REFERENCES])
    assert main(["compare", "--results", str(tmp_path), "--level", "document"]) == 2
    assert "30 of its 30 segments have none" in capsys.readouterr().err


NAMED = ["The bridge of Astana is long.", "Nobody came.", "They crossed the bridge in Astana."]
KEPT = ["Die Brücke von Astana ist lang.", "Niemand kam.", "Sie gingen in Astana über die Brücke."]
VARIED = [KEPT[0], KEPT[1], "Sie gingen in Asstanna über die Brücke."]
CONSISTENCY = {**METRICS, "consistency": {"kind": "consistency"}}


def named(folder: Path, n: int = 20) -> None:
    docs = [f"d{k // 3}" for k in range(3 * n)]
    for number, (name, last) in enumerate({"kept": KEPT, "varied": VARIED}.items()):
        texts = [*KEPT * (n // 2), *last * (n - n // 2)]
        write_run(folder, f"2026-{number}", name, texts, [[text] for text in KEPT * n], sources=NAMED * n,
                  docs=docs, metrics=CONSISTENCY)  # fmt: skip


def printed(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> tuple[int, str]:
    code = main(["compare", "--results", str(folder), "--samples", "99", "--wide", *words])
    return code, " ".join(capsys.readouterr().out.split())


def test_terms_in_several_translations_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named(tmp_path)
    code, out = printed(capsys, tmp_path, "--terms", "2", "--format", "md")
    assert code == 0
    assert "| varied | 50.0 | 40 | – | 0 | – | 0 |" in out and "| kept | 100.0 | 40 |" in out
    assert "| d10 | Astana | Astana | varied | 0 % | Astana (made-0030), Asstanna (made-0032) |" in out
    assert out.count("| Astana | Astana | varied |") == 2 and "2 of 10 terms that vary, of 20 in all" in out
    assert main(["compare", "--results", str(tmp_path), "--terms", "2", "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "document,term,reference,system,alike,translated as (segments)" and len(lines) == 3


def test_consistency_is_compared_by_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named(tmp_path)
    _, out = printed(capsys, tmp_path, "--metric", "consistency")
    assert "n of n documents" in out and "20 documents are drawn as wholes" in out
    assert "varied 50.00" in out and "kept 100.00" in out
    _, forced = printed(capsys, tmp_path, "--metric", "consistency", "--resample", "segments")
    assert "n of n segments" in forced
    _, level = printed(capsys, tmp_path, "--metric", "consistency", "--level", "document")
    assert "varied 50.00" in level


def test_texts_speak_of_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compared(tmp_path, capsys)
    words = ["compare", "--results", str(tmp_path), "--level", "document", "--samples", "50"]
    for options in (
        [],
        ["--segments", "2"],
        ["--format", "md"],
        ["--format", "latex"],
        ["--format", "github"],
    ):
        assert main([*words, *options]) == 0
        out, err = capsys.readouterr()
        assert "10 documents" in out
        assert "10 segments" not in out + err and "n of n segments" not in out + err


def test_without_a_term_that_varies_no_table_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(2):
        write_run(tmp_path, f"2026-{number}", f"s{number}", KEPT, [[text] for text in KEPT], sources=NAMED,
                  docs=["d"] * 3, metrics=CONSISTENCY)  # fmt: skip
    _, out = printed(capsys, tmp_path, "--terms", "2")
    assert "none of 1 terms varies" in out and "Terms in several translations" not in out
