"""Every documented command is executed, page by page, each page in a folder of its own."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Lock

import pytest

from tests.support.documented_world import Network, furnish, network, ntrex
from tests.support.forked_program import Zygote, zygote
from tests.support.program import PATIENCE, ROOT, run_harness
from tests.unit.house.test_docs_commands import PAGES, commands

# The commands that are only composed (tests/unit/test_docs_commands.py), and why.
COMPOSED_ONLY = {
    r"metrics=.*(gemba_|pairwise)": "asks a language model (tests/integration/test_judge_runs.py does)",
    r"results/gold/": "the gold is made by hand (tests/integration/test_alignment_editor.py does)",
    r"^serve": "serves until it is stopped (tests/integration/test_serve.py does)",
    r"comet22": "makes an environment of its own from PyPI, and its checkpoint has 2 GB",
    r"backend\.address=": "joins a Ray cluster that runs already, with a GPU for each worker",
}
# What stands in for what is not here: in each word of a command, the pattern becomes the text.
STAND_INS = {
    r"^hydra/launcher=submitit_slurm$": "hydra/launcher=submitit_local",  # no cluster: its local executor
    r"^hydra\.launcher\.(partition|gres|signal_delay_s|max_num_timeout)=.*": "",  # keys of Slurm's
    r"^results=/shared/": "results=",
    r"^(data=ntrex|experiments=ntrex_.*)$": r"\1 data.base={url}/ntrex",  # published under another address
    r"^model\.path=DIR$": "model.path={home}/marian",
}
# These meet the loopback hub; every other command runs as on a machine without network.
ONLINE = re.compile(r"opus-mt|nllb|data=(ntrex|hf|flores|wmt)|experiments=ntrex")
# These start processes of their own, and so are started themselves; the others are forked from one.
STARTED = re.compile(r"hydra/launcher=|backend=ray")
# So much of the work is waiting for one core that two pages at a time take little more than half as long.
AT_A_TIME = 2


def executable(page: Path) -> list[str]:
    found = dict.fromkeys(commands(page.read_text(encoding="utf-8")))
    return [c for c in found if not any(re.search(pattern, c) for pattern in COMPOSED_ONLY)]


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, program: Zygote
) -> Iterator[dict[Path, Future[str]]]:
    """What went wrong on each page under test (nothing: an empty text), as soon as it is known."""
    top = tmp_path_factory.mktemp("readers")
    ntrex(top / "shared/data/ntrex")  # ../shared of a page's folder
    start = top / "start"
    furnish(start)
    # One direction: a page that compares `gloss` and `copy` means those of one test set.
    here = [item for item in request.session.items if item.path == Path(__file__)]
    pages = [item.callspec.params["page"] for item in here if hasattr(item, "callspec")]
    with (
        network(top / "home") as servers,
        ThreadPoolExecutor(AT_A_TIME) as pool,
        zygote() as other,
        zygote(servers.env, models=True) as online,
    ):
        programs: SimpleQueue[Zygote] = SimpleQueue()
        programs.put(program)
        programs.put(other)
        connected = Connected(online, servers)
        done = program.done(start, "run", "-m", "model=copy,gloss,reference")
        assert done.returncode == 0, done.stderr
        # What one page has had translated another need not: one model takes fifteen seconds for it.
        shutil.move(start / "results/cache", top / "cache")
        (start / "results/cache").symlink_to(top / "cache")
        futures = {}
        for number, page in enumerate(pages):
            folder = top / str(number)
            shutil.copytree(start, folder, symlinks=True)
            futures[page] = pool.submit(trouble, page, folder, programs, connected)
        yield futures
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Connected:
    """The program on a machine with network, and what it meets there; for one command at a time."""

    program: Zygote
    servers: Network
    turn: Lock = field(default_factory=Lock)


def trouble(page: Path, folder: Path, programs: SimpleQueue[Zygote], connected: Connected) -> str:
    """Run the commands of a page in order; the first that fails, with what it printed."""
    program = programs.get()
    try:
        return _trouble(page, folder, program, connected)
    finally:
        programs.put(program)


def _trouble(page: Path, folder: Path, program: Zygote, connected: Connected) -> str:
    servers = connected.servers
    for command in executable(page):
        words = [part for word in shlex.split(command) for part in stood_in(word, folder, servers)]
        if words[0] == "init":
            shutil.rmtree(folder / words[1], ignore_errors=True)
        if STARTED.search(command):
            env = {"OMP_NUM_THREADS": "1", **(servers.env if ONLINE.search(command) else {})}
            done = run_harness(*words, cwd=folder, env=env, timeout=PATIENCE)
        elif ONLINE.search(command):
            with connected.turn:
                done = connected.program.done(folder, *words)
        else:
            done = program.done(folder, *words)
        if done.returncode or "Traceback" in done.stderr:
            return f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return ""


def stood_in(word: str, folder: Path, servers: Network) -> list[str]:
    """A word as it is run here, and what a shell makes of a star outside KEY=VALUE."""
    for pattern, text in STAND_INS.items():
        if re.search(pattern, word):
            home = Path(servers.env["HF_HOME"]).parent
            return re.sub(pattern, text.format(url=servers.url, home=home), word).split()
    if "*" not in word or "=" in word:
        return [word]
    return sorted(str(p.relative_to(folder)) for p in folder.glob(word)) or [word]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "page", [p for p in PAGES if executable(p)], ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_the_commands_of_a_page_run(page: Path, outcomes: dict[Path, Future[str]]) -> None:
    assert not outcomes[page].result()


def test_what_is_only_composed_is_documented() -> None:
    """A pattern that no longer matches anything would hide the next command that it does."""
    every = [command for page in PAGES for command in commands(page.read_text(encoding="utf-8"))]
    for pattern, why in COMPOSED_ONLY.items():
        assert why and any(re.search(pattern, command) for command in every), pattern
