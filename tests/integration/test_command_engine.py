"""The command engine with real programs: good ones, and those that die, hang, miscount or write Latin-1."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
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
    assert given == ["s10", "s11", "s12"]


def test_a_program_that_dies_on_one_line_loses_that_line_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = python(tmp_path, "if 'bad' in line: sys.exit('no such word')\nprint(line.upper(), end='')")
    sources = [f"s{i}" for i in range(40)]
    sources[17] = "bad"
    found = translate(command(script, chunk=20), sources, tmp_path / "cache")
    assert [i for i, t in enumerate(found) if t.finish_reason == "error"] == [17]
    assert "no such word" in str(found[17].error)
    assert [t.hypothesis for t in found if t.finish_reason != "error"] == [
        s.upper() for s in sources if s != "bad"
    ]
    assert "only a program that ends well shows that it left none out" in capsys.readouterr().err


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
        ("if i != 4: print(line, end='', flush=True)", r"10 lines in, 9 out, from line 1 on"),
        ("if i == 4: print('a note', flush=True)\nprint(line, end='', flush=True)",
         r"10 lines in, more out, from line 1 on"),
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


def test_the_encoding_of_a_program_is_declared_not_guessed(tmp_path: Path) -> None:
    latin = python(tmp_path, r"sys.stdout.buffer.write(b'Gr\xfc\xdfe\n')")
    with pytest.raises(
        DataError, match=r"line 1 is not UTF-8 \(byte 0xfc, column 3\); .*engine\.encoding=cp1252"
    ):
        translate(command(latin), ["un", "deux"], tmp_path / "a")
    declared = command(latin, encoding="latin-1")
    assert [t.hypothesis for t in translate(declared, ["été", "un"], tmp_path / "b")] == ["Grüße"] * 2
    (lost,) = [t for t in translate(declared, ["a", "zł", "b"], tmp_path / "c") if t.error]
    assert "engine.encoding=iso8859-1 has no 'ł'" in str(lost.error)
    for wrong in ("utf-16", "klingon"):
        with pytest.raises(ConfigError, match=f"engine.encoding={wrong}: "):
            command(latin, encoding=wrong)


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
