"""What was odd about a run stands on the screen, in its record and in `show`, however many shards it had."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.program import SHARED, record_files, run_harness

WORDS = ["บ้าน", "แมว", "ฝน", "เด็ก", "น้ำ", "ไป", "มา", "กิน", "ดู", "สวย"]


def test_nothing_is_left_out_in_silence(tmp_path: Path) -> None:
    thai = ["".join(WORDS[(i * k) % 10] for k in (1, 3, 7)) for i in range(120)]
    (tmp_path / "s.en").write_text("\ufeff" + "".join(f"Sentence {i}\n" for i in range(120)))
    (tmp_path / "r.th").write_text(
        "".join(f"{line}\n" for line in thai).replace("แมว", "แมว\r", 1), newline=""
    )
    (tmp_path / "r2.th").write_text("".join(f"{line if i % 2 else ''}\n" for i, line in enumerate(thai)))
    (tmp_path / "o.th").write_text("".join(f"{line} .\n" for line in thai))
    done = run_harness(
        *["run", "data=bitext", "data.src=s.en", "data.tgt=[r.th,r2.th]", "pair.src=en", "pair.tgt=th"],
        *["model=file", "engine.path=o.th", "metrics=[bleu,ter]", "backend.shard_size=50"],
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    (path,) = record_files(tmp_path)
    warnings = json.loads(path.read_text())["warnings"]
    for told in (
        "s.en: its byte-order mark is left out",
        "r.th: a carriage return (CR) is inside line",
        "60 blank references are left out",
        "BLEU: tokenize=13a splits at spaces",
        "tokenize=char or flores200",
        "TER: the references have no spaces",
        "120 outputs end in a tokenized period (' .'); sacreBLEU warns from 100 on",
    ):
        assert len([line for line in warnings if told in line]) == 1, (told, warnings)
    shown = run_harness("show", "latest", cwd=tmp_path).stdout
    for line in warnings:
        assert f"warning: {line}" in done.stderr and line in shown
    assert "sacreBLEU: " not in done.stderr and "forgot to detokenize" not in done.stderr


def test_a_thai_text_against_itself_scores_100_with_its_pair(tmp_path: Path) -> None:
    for name in ("s.en", "r.th"):
        (tmp_path / name).write_text("".join(f"{WORDS[i]}{WORDS[-i]}{WORDS[3]}\n" for i in range(5)))
    done = run_harness(
        *["run", "data=bitext", "data.src=s.en", "data.tgt=r.th", "pair=en-th", "model=reference"],
        *["metrics=[bleu]"],
        cwd=tmp_path,
    )
    (path,) = record_files(tmp_path)
    record = json.loads(path.read_text())
    assert done.returncode == 0 and record["scores"][0]["value"] == pytest.approx(100)
    assert not [line for line in record["warnings"] if "spaces" in line]


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared cases")
@pytest.mark.parametrize(
    ("src", "tgt", "told"),
    [
        ("markup/t-src.de.sgm", "markup/t-ref.en.sgm", "t-src.de.sgm: is SGML .*data=sgm"),
        ("markup/wmt.de-en.xml", "markup/wmt.de-en.xml", "data=wmt-xml"),
        ("encoding/windows-1250.pl", "encoding/windows-1250.pl", "iconv -f WINDOWS-1250 -t UTF-8"),
    ],
)
def test_shared_cases_are_refused_with_the_remedy(tmp_path: Path, src: str, tgt: str, told: str) -> None:
    cases = SHARED / "cases"
    data = ["data=bitext", f"data.src={cases / src}", f"data.tgt={cases / tgt}"]
    done = run_harness("run", *data, "pair.src=pl", "pair.tgt=en", "model=copy", cwd=tmp_path)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert all(part in done.stderr for part in told.split(".*")), done.stderr


def test_a_sweep_says_each_warning_once(tmp_path: Path) -> None:
    for name in ("s.fr", "t.pl"):
        (tmp_path / name).write_text("Bonjour tout le monde.\nBonjour tout le monde.\n")
    done = run_harness(
        *["run", "-m", "data=bitext", "data.src=s.fr", "data.tgt=t.pl", "model=copy,reference"],
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("repeat an earlier line") == 1
    assert "warning (all 2 runs): 1 of 2 lines repeat an earlier line" in done.stderr


def test_a_terminal_shows_how_far_scoring_is(tmp_path: Path) -> None:
    for name in ("s.fr", "t.pl"):
        (tmp_path / name).write_text("Bonjour tout le monde.\n")
    words = ["run", "data=bitext", "data.src=s.fr", "data.tgt=t.pl", "model=copy", "metrics=[chrf]"]
    done = run_harness(*words, cwd=tmp_path, env={"FORCE_COLOR": "1"})
    assert done.returncode == 0
    assert "looking for broken outputs" in done.stderr and "chrF2" in done.stderr
    quiet = run_harness(*words, "force=true", cwd=tmp_path)
    assert "looking for" not in quiet.stderr
