"""Every documented command that needs no network is executed, page by page, in one folder."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import ROOT, run_harness
from tests.unit.test_docs_commands import PAGES, commands

# What cannot be run here: a hub, a cluster, a download, data not in the repository, a name to fill in.
ELSEWHERE = re.compile(
    r"opus-mt|nllb|slurm|comet22|\.\./shared|data=(wmt|hf|flores|ntrex)|ntrex_fr_pl"
    r"|=(DIR|FILE)\b|\bRUN\b|embedded_model"
)
FRENCH = [
    "Le président a visité lundi la ville de Varsovie.",
    "Il a parlé d'économie avec le ministre.",
    "La réunion a duré deux heures.",
]
POLISH = [
    "Prezydent odwiedził w poniedziałek miasto Warszawę.",
    "Rozmawiał z ministrem o gospodarce.",
    "Spotkanie trwało dwie godziny.",
]
CZECH = ["Prezident v pondělí navštívil město Varšavu.", "Mluvil s ministrem o hospodářství."]
UKRAINIAN = ["Президент у понеділок відвідав місто Варшаву.", "Він говорив з міністром про економіку."]


def executable(page: Path) -> list[str]:
    return [c for c in commands(page.read_text(encoding="utf-8")) if not ELSEWHERE.search(c)]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the files that the pages speak of, and the runs that their comparisons compare."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copytree(ROOT / "seeds", folder / "my_documents")
    for pl in (folder / "my_documents").glob("*/pl.txt"):
        _rename_language(pl, "uk", UKRAINIAN)
    for fr in sorted((folder / "my_documents").glob("*/fr.txt"))[:1]:
        _rename_language(fr, "cs", CZECH)
    shutil.copytree(ROOT / "tests/data/call-gold", folder / "tests/data/call-gold")

    def write(name: str, lines: list[str]) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    for name in ("a.txt", "news.fr", "fr_texts/one.txt"):
        write(name, FRENCH)
    for name in ("b.txt", "news.pl", "news2.pl", "pl/one.txt"):
        write(name, POLISH)
    write("a.cs", CZECH)
    write("b.uk", UKRAINIAN)
    pairs = list(zip(FRENCH, POLISH, strict=True))
    write("news.tsv", ["fr\tpl\tdoc", *(f"{fr}\t{pl}\tnews" for fr, pl in pairs)])
    write("news.jsonl", [json.dumps({"translation": {"fr": fr, "pl": pl}}) for fr, pl in pairs])
    (folder / "shards").mkdir()
    for number, (fr, pl) in enumerate(pairs):
        line = json.dumps({"fr": fr, "pl": pl}) + "\n"
        (folder / f"shards/{number}.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    units = "".join(
        f'<tu><tuv xml:lang="fr"><seg>{fr}</seg></tuv><tuv xml:lang="pl"><seg>{pl}</seg></tuv></tu>'
        for fr, pl in pairs
    )
    tmx = f'<?xml version="1.0"?><tmx version="1.4"><header/><body>{units}</body></tmx>'
    (folder / "memory.tmx.gz").write_bytes(gzip.compress(tmx.encode()))
    done = run_harness("run", "-m", "model=copy,gloss", cwd=folder)
    assert done.returncode == 0, done.stderr
    shutil.move(folder / "results", folder / "base")
    yield folder


def _rename_language(path: Path, lang: str, lines: list[str]) -> None:
    """Turn one document of a copy of the seeds into another language, manifest and all."""
    import hashlib

    data = ("\n".join(lines) + "\n").encode()
    path.unlink()
    path.with_name(f"{lang}.txt").write_bytes(data)
    manifest = path.with_name("manifest.json")
    value = json.loads(manifest.read_text(encoding="utf-8"))
    entry = {"lang": lang, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    value["files"] = {f"{lang}.txt": entry}
    manifest.write_text(json.dumps(value), encoding="utf-8")


@pytest.mark.parametrize(
    "page", [p for p in PAGES if executable(p)], ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_the_commands_of_a_page_run(page: Path, reader: Path) -> None:
    shutil.rmtree(reader / "results", ignore_errors=True)  # the runs of another page are not comparable
    shutil.copytree(reader / "base", reader / "results")
    for command in dict.fromkeys(executable(page)):
        words = [part for word in shlex.split(command) for part in _expanded(word, reader)]
        if words[0] == "init":
            shutil.rmtree(reader / words[1], ignore_errors=True)
        done = run_harness(*words, cwd=reader)
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert "Traceback" not in done.stderr, command


def _expanded(word: str, folder: Path) -> list[str]:
    """What a shell makes of a word with a star, outside KEY=VALUE."""
    if "*" not in word or "=" in word:
        return [word]
    return sorted(str(p.relative_to(folder)) for p in folder.glob(word)) or [word]
