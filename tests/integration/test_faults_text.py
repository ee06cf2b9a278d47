"""Hostile text and hostile names, from run to export: they survive, or are refused with file and line."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from harness import registry
from harness.data.load import load
from harness.errors import DataError
from harness.results.store import Store
from tests.support.forked_program import Zygote
from tests.support.program import PATIENCE, ROOT

N = 100_000
# What a terminal, a spreadsheet, a web page or a shell would act on.
HOSTILE = [
    "\x1b[2J\x1b]0;title\x07", "\u202egnp.exe\u202c", "a\x00b", "</script><script>alert(1)</script>", "=1+1",
    "@x", "a | b", "{{x}}", "$(touch x)", "`x`", "\x9b31m", "e\u0301\u0301\u0301", "👨\u200d👩\u200d👧",
    "\U0010ffff",
]  # fmt: skip


def every_category(n: int) -> list[str]:
    """`n` lines that together hold characters of every Unicode category but surrogates, and HOSTILE."""
    kinds: dict[str, list[str]] = {}
    for code in range(0x110000):
        if 0xD800 <= code <= 0xDFFF or chr(code) in "\n\r":
            continue
        kinds.setdefault(unicodedata.category(chr(code)), []).append(chr(code))
    assert len(kinds) == 29
    lists = list(kinds.values())
    return [f"{i} {_mixed(lists, i)}{HOSTILE[i % len(HOSTILE)]}" for i in range(n)]


def _mixed(lists: list[list[str]], i: int) -> str:
    chosen = (lists[(5 * i + k) % len(lists)] for k in range(5))
    return "".join(found[i * 31 % len(found)] for found in chosen)


def test_every_category_of_unicode_from_run_to_export(tmp_path: Path, program: Zygote) -> None:
    lines = every_category(N)
    (tmp_path / "a.fr").write_text("".join(line + "\n" for line in lines), newline="")
    (tmp_path / "a.pl").write_text("".join(line[::-1] + "\n" for line in lines), newline="")
    run = [
        "run",
        "data=bitext",
        "data.src=a.fr",
        "data.tgt=a.pl",
        "metrics=length_ratio",
        "bootstrap.samples=5",
    ]
    whole = program.run(tmp_path, *run, "model=copy")
    assert whole.code == 0, whole.err
    store = Store(tmp_path / "results")
    (record,) = store.records()
    assert [line["hypothesis"] for line in store.segments(record.run_id)] == lines

    small = [*run[:-2], "metrics=chrf", "bootstrap.samples=5", "limit=300", "results=small"]
    for model in (["model=copy"], ["model=reference", "tag='\x1b[31m=1+1|</script>'"]):
        done = program.run(tmp_path, *small, *model)
        assert done.code == 0, done.err
        harmless(done.out + done.err)
    for words in (
        ["show", "copy", "--segments", "300"],
        ["show", "latest", "--json"],
        ["list", "--format", "md"],
        ["compare", "--samples", "20", "--segments", "30"],
        ["compare", "--samples", "20", "--segments", "30", "--format", "md"],
        ["compare", "--samples", "20", "--format", "latex"],
    ):
        ended = program.run(tmp_path, *words, "--results", "small")
        assert ended.code == 0, ended.err
        harmless(ended.out + ended.err)
    report = program.run(tmp_path, "report", "--results", "small", "--samples", "20", "-o", "r.html")
    assert report.code == 0 and "<script>alert" not in (tmp_path / "r.html").read_text()
    exported = program.run(
        tmp_path, "export", "csv", "copy", "--level", "segment", "--results", "small", "-o", "o.csv"
    )
    assert exported.code == 0, exported.err
    rows = list(csv.DictReader(io.StringIO((tmp_path / "o.csv").read_bytes().decode(), newline="")))
    assert [row["source"] for row in rows] == lines[:300]


def harmless(text: str) -> None:
    """Nothing a terminal acts on: no control, no change of direction, no half of a pair."""
    found = {
        c
        for c in text
        if unicodedata.category(c) in ("Cc", "Cs") or c in "\u202a\u202b\u202d\u202e\u2066\u2067"
    }
    assert found <= {"\n", "\t"}, found


@pytest.mark.parametrize("field", ["source", "target", "id"])
def test_half_of_a_surrogate_pair_is_refused_with_its_line(field: str, tmp_path: Path) -> None:
    rows = [{"source": "a", "target": "b", "id": str(i)} for i in range(3)]
    rows[1][field] = "x\ud83dy"
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(DataError, match=rf"a\.jsonl:2: '{field}' holds half .*\\ud83d at character 2"):
        load({"kind": "jsonl", "path": str(tmp_path / "a.jsonl"), "line_id": "id"}, "fr", "pl")


def test_half_of_a_pair_in_an_output_survives(tmp_path: Path, program: Zygote) -> None:
    """A server may answer with one; it is shown by its code and exported as U+FFFD."""
    (tmp_path / "half.py").write_text(
        "from harness.types import Translation\n"
        "class Half:\n"
        "    identity = {'engine': 'half'}\n"
        "    def __init__(self, model, src, tgt): pass\n"
        "    def translate(self, sources):\n"
        "        yield [(i, Translation(s, 'x\\ud83dy')) for i, s in enumerate(sources)]\n"
    )
    (tmp_path / "a").write_text("un\ndeux\n")
    run = ["run", "--config-dir", ".", "model=copy", "engine=copy", "engine.kind=half:Half", "data=bitext"]
    done = program.run(tmp_path, *run, "data.src=a", "data.tgt=a", "bootstrap.samples=5")
    assert done.code == 0, done.err
    shown = program.run(tmp_path, "show", "latest")
    assert "x⟨U+D83D⟩y" in shown.out
    assert program.run(tmp_path, "compare", "--format", "json").code == 0
    assert program.run(tmp_path, "report", "-o", "r.html").code == 0
    assert "x\ufffdy" in program.run(tmp_path, "export", "csv", "--level", "segment").out


# Lines without end

MEMORY = 190 << 20  # bytes of data a reader may take beyond what it had; the line has 200 MB
READ = """
import resource, sys
from harness.cli.main import main
from harness.data.load import load
from harness.errors import HarnessError
import numpy, pyarrow.parquet, yaml, rich.table
import harness.align.api, harness.text.clean, harness.cli.verbs.clean
before = int(open("/proc/self/statm").read().split()[5]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_DATA, (before + int(sys.argv[1]), resource.RLIM_INFINITY))
src = sys.argv[2]
for options in (
    dict(kind="bitext", src=src, tgt=src), dict(kind="tsv", path=src), dict(kind="jsonl", path=src),
    dict(kind="tmx", path=src), dict(kind="documents", src=src, tgt=src + ".pl"),
):
    try:
        load(options, "fr", "pl")
        print(options["kind"], "READ")
    except HarnessError as error:
        print(options["kind"], error)
for words in (["clean", src, "--lang", "fr"], ["align", src, src + ".pl", "--src", "fr", "--tgt", "pl"],
              ["align", src, src + ".pl", "--src", "fr", "--tgt", "pl", "--segmented"]):
    sys.stderr = sys.stdout
    main(words)
"""


def test_a_line_of_200_mb_is_refused_in_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "long").open("wb") as out:
        out.write(b"short\n")
        for _ in range(200):
            out.write(b"x" * 1_000_000)
    (tmp_path / "long.pl").write_text("Krótko.\n")
    command = [sys.executable, "-c", READ, str(MEMORY), str(tmp_path / "long")]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) == 8, told
    for line in told:
        if not line.startswith(("tmx", "jsonl", "tsv")):  # there the first line is wrong already
            assert "long:2: a line of more than 16 MiB; is this text?" in line, line


def test_a_unit_of_200_mb_in_tmx_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.tmx").open("w") as out:
        out.write('<tmx version="1.4"><header srclang="fr"/><body><tu><tuv xml:lang="fr"><seg>')
        for _ in range(20):
            out.write("x" * 1_000_000)
    with pytest.raises(DataError, match=r"a\.tmx:1: a unit longer than 1 MiB"):
        load({"kind": "tmx", "path": str(tmp_path / "a.tmx")}, "fr", "pl")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0


# Names

NAMES = [
    "with space", "two\nlines", "it's", 'a"quote', "-dash", "$(touch owned)", "`touch owned`", "a=b", "a,b",
    "[a]", "{a}", "a;b", "a&b", "*", "%s", "\x1b[31m", "\u202eevil", "über.fr", "a'b\"c", "x" * 200, "#",
    "~x", "a\\b", "${oc.env:HOME}",
]  # fmt: skip


def quoted(value: str) -> str:
    """A value as Hydra's grammar takes any text: in quotes, with those inside escaped."""
    escaped = value.replace("'", "\\'").replace("${", "\\${")
    return f"'{escaped}'"


@pytest.mark.parametrize("at", range(0, len(NAMES), 3))
def test_files_folders_and_tags_of_any_name(at: int, tmp_path: Path, program: Zygote) -> None:
    one, two, three = NAMES[at : at + 3]
    for name in (one, two, three):
        (tmp_path / name).write_text("un\ndeux\n")
    store = "r" + one[:50]
    words = [f"data.src={quoted(one)}", f"data.tgt={quoted(two)}", f"tag={quoted(three)}"]
    words += [f"engine.path={quoted('./' + three)}", f"results={quoted(store)}"]
    run = ["run", "data=bitext", "model=file", "metrics=length_ratio", "bootstrap.samples=5"]
    done = program.run(tmp_path, *run, *words)
    assert done.code == 0, done.err
    harmless(done.out + done.err)
    (record,) = tmp_path.glob("r*/runs/*/record.json")
    assert json.loads(record.read_text())["tag"] == three and record.parents[2].name == store
    shown = program.run(tmp_path, "show", "latest", "--results", store)
    assert shown.code == 0, shown.err
    harmless(shown.out)
    assert not (tmp_path / "owned").exists()


def test_names_that_are_not_utf8(tmp_path: Path, program: Zygote) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (tmp_path / name).write_text("Bonjour.\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    cleaned = program.run(tmp_path, "clean", name, "--lang", "fr")
    assert cleaned.code == 0, cleaned.err
    harmless(cleaned.out)
    (tmp_path / "pl.txt").write_text("Dzień dobry.\n")
    aligned = program.run(tmp_path, "align", name, "pl.txt", "--src", "fr", "--tgt", "pl", "--segmented")
    assert aligned.code == 0, aligned.err
    run = program.run(tmp_path, "run", "data=bitext", f"data.src={name}", "data.tgt=pl.txt", "model=copy")
    assert run.code in (0, 2) and "Traceback" not in run.err and "internal error" not in run.err, run.err
    harmless(run.out + run.err)


@pytest.mark.parametrize("run", ["../../..", "/etc", "..", ".", "a/../b", "-x", "x" * 5000, "a\x00b"])
def test_no_run_id_leads_out_of_the_store(run: str, tmp_path: Path, program: Zygote) -> None:
    (tmp_path / "results" / "runs" / "20260101-000000-abcdef").mkdir(parents=True)
    (tmp_path / "record.json").write_text("{}")
    ended = program.run(tmp_path, "show", "--", run)
    assert ended.code == 2 and "no run" in ended.err and len(ended.err.splitlines()) == 1


def test_a_link_out_of_the_store_is_read_as_any_folder_and_never_written_through(tmp_path: Path) -> None:
    """A run's folder may be a link (stores are shared that way); a file of a run that is one is replaced."""
    from harness.common.files import write_json

    outside = tmp_path / "outside.json"
    outside.write_text("mine")
    link = tmp_path / "record.json"
    link.symlink_to(outside)
    write_json(link, {"a": 1})
    assert outside.read_text() == "mine" and not link.is_symlink()


@pytest.mark.parametrize(
    ("group", "text", "words", "told"),
    [
        ("model", "deep: " + "[" * 300 + "]" * 300, "model=mine", "model/mine.yaml: lists or mappings"),
        ("pair", 'src: fr\n"two\\r\\nlines": pl\n', "pair=mine", "no key 'pair.two"),
    ],
    ids=["nested", "a key of two lines"],
)
def test_a_config_that_breaks_its_parser_is_one_line(
    tmp_path: Path, program: Zygote, group: str, text: str, words: str, told: str
) -> None:
    (tmp_path / "mine" / group).mkdir(parents=True)
    (tmp_path / "mine" / group / "mine.yaml").write_text(text)
    ended = program.run(tmp_path, "run", "--config-dir", "mine", words)
    assert ended.code == 2
    assert ended.err.count("\n") == 1 and told in ended.err, ended.err


def test_an_engine_of_the_users_own_must_be_one() -> None:
    from harness.errors import ConfigError

    with pytest.raises(ConfigError, match="must define aggregate, segment_scores, statistics"):
        registry.build("metric", {"kind": "subprocess:Popen", "args": "touch owned", "shell": True})
    with pytest.raises(ConfigError, match="'system' is not a class"):
        registry.build("engine", {"kind": "os:system", "command": "touch owned"})
