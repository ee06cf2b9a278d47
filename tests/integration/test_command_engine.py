"""The command engine with real programs: good ones, and those that die, hang, miscount or write Latin-1."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from harness import registry
from harness.common.notices import collecting
from harness.errors import ConfigError, DataError, SegmentError, StageError, UnavailableError
from harness.protocols import Batch
from harness.translate.cache import Cache
from harness.translate.runner import translate


def command(line: str, **options: Any) -> Any:
    config = {"kind": "command", "command": line, **options}
    return registry.build("engine", config, model={"name": "command"}, src="fr", tgt="es")


def python(tmp_path: Path, body: str) -> str:
    """A command line that runs a line-by-line program; `body` sees `i` and `line`."""
    script = tmp_path / "program.py"
    script.write_text(
        "import os, sys, time\nfor i, line in enumerate(sys.stdin, 1):\n    "
        + body.replace("\n", "\n    ")
        + "\n"
    )
    return f"{sys.executable} {script}"


def test_command_translates_lines_in_chunks(tmp_path: Path) -> None:
    line = python(tmp_path, "print(line.strip().upper(), i, flush=True)")
    sources = [f"ligne {i}\nsuite" for i in range(25)]
    found = translate(command(line, chunk=10), sources, tmp_path / "cache")
    assert [t.hypothesis for t in found] == [f"LIGNE {i} SUITE {i % 10 + 1}" for i in range(25)]


def test_command_fills_in_the_pair(tmp_path: Path) -> None:
    script = tmp_path / "p.py"
    script.write_text("import sys\nfor line in sys.stdin: print(*sys.argv[1:])")
    found = translate(command(f"{sys.executable} {script} {{src}}-{{tgt}} {{tgt3}}"), ["x"], tmp_path / "c")
    assert found[0].hypothesis == "fr-es spa"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("print(line, end='', flush=True)\nif i == 3: sys.exit('no such word')",
         r"exit code 1 at line 14 \(s13\); it said: no such word"),
        ("print(line, end='', flush=True)\nif i == 3: os.kill(os.getpid(), 9)",
         r"killed by signal 9 at line 14 \(s13\)"),
        ("print(line, end='', flush=True)\nif i == 3: time.sleep(600)",
         r"timed out after 1 s without a line, at line 14 \(s13\); raise engine\.timeout=SECONDS"),
    ],
)  # fmt: skip
def test_a_program_that_fails_names_the_line_after_those_it_gave(
    body: str, message: str, tmp_path: Path
) -> None:
    engine = command(python(tmp_path, body), chunk=10, timeout=1.0)
    given: list[str] = []
    with pytest.raises(SegmentError, match=message):
        for lines in engine._run([f"s{i}" for i in range(10, 20)], 10):
            given += lines
    assert given and given == ["s10", "s11", "s12"][: len(given)]  # two may be in work at once


@pytest.mark.parametrize("flush", [True, False], ids=["line by line", "buffered"])
def test_a_program_that_dies_on_one_line_loses_that_line_only(tmp_path: Path, flush: bool) -> None:
    dies = "if 'bad' in line: sys.exit('no such word')"
    script = python(tmp_path, f"{dies}\nprint(line.upper(), end='', flush={flush})")
    sources = [f"s{i}" for i in range(40)]
    sources[17] = "bad"
    found = translate(command(script, chunk=20), sources, tmp_path / "cache")
    assert [i for i, t in enumerate(found) if t.finish_reason == "error"] == [17]
    assert "no such word" in str(found[17].error)
    assert [t.hypothesis for t in found if t.finish_reason != "error"] == [
        s.upper() for s in sources if s != "bad"
    ]


def test_a_killed_run_keeps_the_lines_that_had_come(tmp_path: Path) -> None:
    log = tmp_path / "log"
    body = f"open({str(log)!r}, 'a').write(line)\nprint(line.upper(), end='', flush=True)"
    script = python(tmp_path, body)
    engine = command(script, chunk=100)
    sources = [f"s{i}" for i in range(10)]
    with Cache(tmp_path / "cache", engine.identity) as cache:
        for batch in engine.translate(Batch(sources)):
            cache.append(translation for _, translation in batch)
            if len(cache) >= 4:
                break  # as a kill would end it, in the middle of a chunk
        kept = len(cache)
    log.unlink()
    found = translate(command(script, chunk=100), sources, tmp_path / "cache")
    assert [t.hypothesis for t in found] == [s.upper() for s in sources]
    assert 4 <= kept < 10 and len(log.read_text().split()) == 10 - kept


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("if i != 4: print(line, end='', flush=True)",
         r"answered 9 lines for 10 that it was given, from 's0' on: it must print"),
        ("if i == 4: print('a note', flush=True)\nprint(line, end='', flush=True)",
         r"answered more than the 10 lines that it was given, from 's0' on"),
    ],
)  # fmt: skip
def test_nothing_is_kept_of_a_program_that_writes_another_number_of_lines(
    body: str, message: str, tmp_path: Path
) -> None:
    engine = command(python(tmp_path, body))
    with pytest.raises(StageError, match=message):
        translate(engine, [f"s{i}" for i in range(10)], tmp_path / "cache")
    with Cache(tmp_path / "cache", engine.identity) as cache:
        assert [cache.get(f"s{i}") for i in range(10)] == [None] * 10


@pytest.mark.parametrize(
    "body",
    [
        "if i == 4: continue\nif i == 8: sys.exit(3)\nprint(line.upper(), end='', flush=True)",
        "if i == 4: continue\nif i == 8: os.kill(os.getpid(), 9)\nprint(line.upper(), end='', flush=True)",
        "if i == 4: continue\nif i == 8: time.sleep(600)\nprint(line.upper(), end='', flush=True)",
        "if i == 4: continue\nif i == 8: sys.exit(3)\nprint(line.upper(), end='')",
        "if i == 4: print('a note')\nif i == 8: sys.exit(3)\nprint(line.upper(), end='', flush=True)",
        "print(line.upper(), end='', flush=True)\nif i == 4: print('a note', flush=True)\nif i == 8: exit(3)",
        "print(line.upper(), end='', flush=True)\ntime.sleep(0.03)\nif i == 4: print('a note', flush=True)",
        "if i == 1: print('Ready.', flush=True)\nprint(line.upper(), end='', flush=True)",
    ],
)
def test_no_line_is_ever_taken_for_the_answer_to_another(body: str, tmp_path: Path) -> None:
    engine = command(python(tmp_path, body), timeout=1.0)
    sources = [f"s{i}" for i in range(1, 31)]
    given: dict[int, str] = {}
    with pytest.raises(StageError):  # what a killed run would have kept is what came before
        for batch in engine.translate(Batch(sources)):
            given |= {index: translation.hypothesis for index, translation in batch}
    assert given == {index: sources[index].upper() for index in given}
    assert sorted(given) == list(range(len(given)))


def test_what_is_lost_of_a_program_that_answers_line_by_line_is_the_line_in_work(tmp_path: Path) -> None:
    log = tmp_path / "log"
    body = f"open({str(log)!r}, 'a').write(line)\ntime.sleep(0.2)\nprint(line.upper(), end='', flush=True)"
    for line in (python(tmp_path, body), f"sh -c 'cat | {python(tmp_path, body)}'"):
        log.unlink(missing_ok=True)
        given = 0
        for batch in command(line).translate(Batch([f"s{i}" for i in range(50)])):
            given += len(batch)
            if given >= 4:
                break
        # One is in work; a second may have been given to a pipeline that was not yet there as a whole.
        assert given in (4, 5) and len(log.read_text().split()) <= given + 2


def test_a_program_that_reads_ahead_is_given_more(tmp_path: Path) -> None:
    body = "held = globals().setdefault('held', []); held.append(line.upper())\nif i % 8 == 0:\n"
    body += "    print(*held, sep='', end='', flush=True); held.clear()"
    script = python(tmp_path, body)
    (tmp_path / "program.py").write_text(
        (tmp_path / "program.py").read_text() + "print(*held, sep='', end='')"
    )
    engine = command(script, chunk=100)
    sizes = [len(batch) for batch in engine.translate(Batch([f"s{i}" for i in range(203)]))]
    assert sum(sizes) == 203 and len(sizes) > 6  # not only at the end of each chunk
    everything = tmp_path / "all.py"
    everything.write_text("import sys; print(*reversed(sys.stdin.read().upper().split()[::-1]), sep='\\n')")
    engine = command(f"{sys.executable} {everything}", chunk=100)
    found = translate(engine, [f"s{i}" for i in range(203)], tmp_path / "cache")
    assert [t.hypothesis for t in found] == [f"S{i}" for i in range(203)]
    assert engine._pace.reads_all  # known from the first start on


def test_a_child_that_keeps_the_output_open_and_a_program_that_does_not_end(tmp_path: Path) -> None:
    forgets = python(tmp_path, "print(line.upper(), end='', flush=True)")
    with (tmp_path / "program.py").open("a") as program:
        program.write("time.sleep(600)")
    for line in ("sh -c 'sleep 600 & cat'", "sh -c 'sleep 600 & tr a b'", forgets):
        began = time.monotonic()
        found = translate(command(line, timeout=60.0), ["a", "c"], tmp_path / f"{len(line)}")
        assert [t.hypothesis.lower() for t in found] in (["a", "c"], ["b", "c"])
        assert time.monotonic() - began < 20


def test_the_encoding_of_a_program_is_declared_not_guessed(tmp_path: Path) -> None:
    latin = python(tmp_path, r"sys.stdout.buffer.write(b'Gr\xfc\xdfe\n')")
    with pytest.raises(
        DataError,
        match=r"answer to 'un' is not UTF-8 \(byte 0xfc, column 3\); .*engine\.output_encoding=cp1252 \(or ",
    ):
        translate(command(latin), ["un", "deux"], tmp_path / "a")
    declared = command(latin, encoding="latin-1")
    assert [t.hypothesis for t in translate(declared, ["été", "un"], tmp_path / "b")] == ["Grüße"] * 2
    (lost,) = [t for t in translate(declared, ["a", "zł", "b"], tmp_path / "c") if t.error]
    assert "engine.encoding=iso8859-1 has no 'ł'" in str(lost.error)
    for wrong in ("cp037", "klingon"):
        with pytest.raises(ConfigError, match=f"engine.encoding={wrong}: "):
            command(latin, encoding=wrong)


def test_halves_of_characters_are_no_other_encoding(tmp_path: Path) -> None:
    script = tmp_path / "cesu.py"
    script.write_text(
        "import sys\nfor line in sys.stdin.buffer:\n"
        "    sys.stdout.buffer.write(line.replace(b'x', b'\\xed\\xa0\\xbd'))\n"
    )
    found = translate(command(f"{sys.executable} {script}"), ["ax", "b"], tmp_path / "a")
    assert [t.hypothesis for t in found if not t.error] == ["b"]
    assert "it is but for halves of characters: correct what the program writes" in str(found[0].error)


@pytest.mark.parametrize("written", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_told_and_then_read(written: str, tmp_path: Path) -> None:
    script = tmp_path / "wide.py"
    script.write_text(
        "import sys\n"
        "data = sys.stdin.buffer.read()\n"
        f"text = data.decode('{written}') if b'\\0' in data else data.decode()\n"
        f"sys.stdout.buffer.write(text.upper().encode('{written}'))\n"
    )
    line = f"{sys.executable} {script}"
    asked = rf"engine\.output_encoding={written} \(or engine\.encoding={written}, "
    with pytest.raises(DataError, match=asked):
        translate(command(line), ["un", "été"], tmp_path / "a")
    found = translate(command(line, encoding=written), ["un", "été Ċ\n", "łąka"], tmp_path / "b")
    assert [t.hypothesis for t in found] == ["UN", "ÉTÉ Ċ", "ŁĄKA"]


@pytest.mark.parametrize(("read", "written"), [("utf-8", "utf-16"), ("utf-16", "utf-8"), ("utf-8", "cp1252")])
def test_a_program_may_write_another_encoding_than_it_reads(read: str, written: str, tmp_path: Path) -> None:
    script = tmp_path / "recodes.py"
    script.write_text(
        f"import sys; text = sys.stdin.buffer.read().decode('{read}')\n"
        f"sys.stdout.buffer.write(text.upper().encode('{written}'))\n"
    )
    line = f"{sys.executable} {script}"
    engine = command(line, encoding=read, output_encoding=written)
    assert [t.hypothesis for t in translate(engine, ["un", "été"], tmp_path / "a")] == ["UN", "ÉTÉ"]
    assert engine.identity["output_encoding"] == written
    assert "output_encoding" not in command(line, output_encoding="utf8").identity
    with pytest.raises(ConfigError, match=r"engine\.output_encoding=klingon: "):
        command(line, output_encoding="klingon")


def test_a_last_answer_in_another_encoding_is_named_by_its_text(tmp_path: Path) -> None:
    mixed = python(tmp_path, r"sys.stdout.buffer.write(b'\xe9\n' if 'deux' in line else line.encode())")
    found = translate(command(mixed), ["été", "deux"], tmp_path / "a")
    assert found[0].hypothesis == "été"
    assert "answer to 'deux' is not UTF-8" in str(found[1].error)
    assert "correct what the program writes" in str(found[1].error)


def test_the_byte_order_mark_of_a_program_is_left_out_and_told(tmp_path: Path) -> None:
    script = tmp_path / "bom.py"
    script.write_text(r"import sys; sys.stdout.buffer.write(b'\xef\xbb\xbf' + sys.stdin.buffer.read())")
    with collecting() as told:
        found = translate(command(f"{sys.executable} {script}"), ["un", "deux"], tmp_path / "c")
    assert [t.hypothesis for t in found] == ["un", "deux"]
    assert [line for line in told if "byte-order mark" in line]


def test_a_program_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    script = tmp_path / "mt.py"
    script.write_text("print()")
    broken = tmp_path / "broken"
    broken.write_text("#!/no/such/interpreter\n")
    broken.chmod(0o755)
    with pytest.raises(UnavailableError, match="no program 'no-such-translator' on the PATH"):
        command("no-such-translator -x")
    with pytest.raises(UnavailableError, match=r"no such file: '\./gone\.sh'"):
        command("./gone.sh")
    with pytest.raises(UnavailableError, match=r"mt\.py' is not executable: chmod \+x .*'python3 .*mt\.py'"):
        command(str(script))
    for line, sign in (("cat | tr a b", "|"), ("cat>x", ">"), ("cd /tmp && cat", "&&"), ("A=1 cat", "A=1")):
        with pytest.raises(
            ConfigError, match=rf"'{re.escape(sign)}' needs a shell.*engine\.command=\"sh -c '"
        ):
            command(line)
    assert [t.hypothesis for t in translate(command("sh -c 'cat | tr a b'"), ["aha"], tmp_path / "c")] == [
        "bhb"
    ]
    with pytest.raises(UnavailableError, match=r"broken' cannot be started .*first line"):
        translate(command(str(broken)), ["x"], tmp_path / "d")


@pytest.mark.skipif(shutil.which("apertium") is None, reason="apertium is not installed")
def test_apertium(tmp_path: Path) -> None:
    listed = subprocess.run(["apertium", "-l"], capture_output=True, text=True, check=False)
    if "fr-es" not in listed.stdout:
        pytest.skip("apertium-fr-es is not installed")
    import yaml

    from harness.common.paths import resource

    model = yaml.safe_load((resource("conf") / "model" / "apertium.yaml").read_text())
    engine = registry.build("engine", {"kind": "command"}, model=model, src="fr", tgt="es")
    found = translate(engine, ["Bonjour le monde.", "C'est un grand pays."], tmp_path)
    assert found[1].hypothesis == "Es un gran país."
    failing = registry.build("engine", {"kind": "command"}, model=model, src="fr", tgt="pl")
    with pytest.raises(StageError, match="apertium -u fr-pl: exit code 1"):
        translate(failing, ["Bonjour."], tmp_path)
