"""The command line: one small module a verb, imported only when it is called."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from harness.cli.spelled import spelled
from harness.common.own_code import blame
from harness.common.parser import Parser
from harness.common.paths import check_output
from harness.common.secrets import redacted
from harness.common.terminal import full_stream, never_fail, visible_line
from harness.config.user_folder import config_dirs, make_importable
from harness.errors import HarnessError, Terminated, UserError, did_you_mean, one_line
from harness.version import __version__

# verb → what it does; its module is harness.cli.verbs.<verb>. The order is the order of --help.
VERBS = {
    "run": "align, translate, score and record one configuration (or a sweep with -m)",
    "score": "score outputs that exist already against references, one table, recorded like any run",
    "list": "list the runs in the results store, or the available models, pairs, metrics …",
    "show": "show one run in full: scores, signatures, alignment, pairing, inputs",
    "compare": "compare runs: which is better, how certain that is, and where they differ",
    "history": "a system's scores over time and what changed between runs; a gate for CI",
    "power": "the power of a test set: the smallest difference it detects, the segments needed",
    "agree": "which metrics agree with human judgement of the same outputs",
    "campaign": "let people judge stored outputs: ESA, MQM or pairs; progress and exports",
    "agree-gold": "how far two annotators of one alignment agree",
    "report": "write a comparison as one self-contained HTML page",
    "serve": "the workbench: follow runs, compare and read segments in the browser",
    "export": "results as CSV or Parquet, a model card's results, or tasks for human judges",
    "push": "upload stored runs as a dataset to the Hugging Face hub",
    "pull": "copy the runs of such a dataset into a store",
    "clean": "show what cleaning finds in a document, as a coloured diff",
    "align": "align the sentences of two texts, or of two folders of them",
    "tag": "name a finished run",
    "note": "write a line about a finished run",
    "import": "copy or move finished runs of another results store into this one",
    "rm": "delete runs from the results store",
    "prune": "delete runs that failed, crashed or are damaged",
    "verify": "check whether files of finished runs were edited or damaged",
    "rerun": "run a record's configuration again and check that its results are identical",
    "fetch": "download a model for a pair; shows the size first",
    "cache": "show or prune stored translations, vectors and converted models",
    "init": "write a commented starter folder: pair, test set, model, engine and metric",
    "completion": "print the script that completes verbs, groups, runs and tags in bash, zsh or fish",
    "doctor": "versions, devices, caches, hub, extras; or check a configuration without running it",
}

# What requirements-lite.txt leaves out of an installation that only scores and compares.
NOT_LITE = {"torch", "transformers", "datasets"}

EXAMPLES = """\
examples:
  python -m harness run
  python -m harness run model=copy pair=pl-fr
  python -m harness show latest
"""


def _usage() -> str:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb:<{width}}  {VERBS[verb]}" for verb in VERBS)
    return f"""\
usage: python -m harness VERB [ARGUMENTS] [--debug]

Align comparable documents, translate them with Hugging Face models, score, compare honestly.

verbs:
{verbs}

options:
  --help     this page; `python -m harness VERB --help` for a verb
  --version  the version
  --debug    show the stack trace of an error
  --config-dir DIR  your folder of configs and classes (see: python -m harness init)

exit codes: 0 done, 1 the run failed, 2 the input or the command cannot be used

{EXAMPLES}"""


def _call(verb: str, rest: list[str]) -> int:
    for folder in config_dirs(rest):  # the user's classes that a record or a config names
        make_importable(folder)
    module = importlib.import_module(f"harness.cli.verbs.{verb.replace('-', '_')}")
    if hasattr(module, "main_args"):  # Hydra parses the rest itself
        return int(module.main_args(rest))
    parser = Parser(
        prog=f"python -m harness {verb}",
        description=VERBS[verb],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.configure(parser)
    if "--config-dir" not in parser.known_options():
        parser.add_argument("--config-dir", metavar="DIR", help="your folder, whose classes can be imported")
    args = parser.parse_args(rest)
    if getattr(args, "output", None):  # before any work
        check_output(args.output)
    return int(module.main(args))


def _fail(verb: str, error: BaseException, debug: bool) -> int:
    """One line on stderr, and the exit code."""
    name = f"harness {verb}".strip()
    if debug:
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, HarnessError):
        for text in (str(error), *getattr(error, "__notes__", [])):
            print(visible_line(redacted(f"{name}: {spelled(verb, text)}")), file=sys.stderr)
        return error.exit_code
    whose = blame(error)
    if isinstance(error, OSError) and error.strerror and not whose:  # the disk or a permission
        place = error.filename or full_stream(error)
        detail = f"{place}: {error.strerror}" if place else error.strerror
        print(visible_line(redacted(f"{name}: {detail} (--debug shows where)")), file=sys.stderr)
        return 1
    if isinstance(error, ModuleNotFoundError) and error.name in {*NOT_LITE, "huggingface_hub"}:
        print(
            f"{name}: this needs {error.name}, which is not installed: pip install mt-harness",
            file=sys.stderr,
        )
        return 2
    line = f"{name}: {whose or 'internal error'}: {one_line(error)} (--debug shows where)"
    print(visible_line(redacted(line)), file=sys.stderr)
    return 1


def _unread() -> int:
    """Nobody reads on: what is still in the buffer is dropped, and that is no failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 done, 1 failed, 2 unusable input, 130 interrupted."""
    never_fail()
    # Threads of numerical libraries wait asleep instead of spinning, before any of them is loaded: where
    # other work wants a core too, two spinning threads took five times the time of one.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    verb = words[0] if words else "--help"
    try:
        if verb in ("--help", "-h", "help"):
            print(_usage(), end="")
            code = 0
        elif verb == "--version":
            print(f"harness {__version__}")
            code = 0
        elif verb not in VERBS:
            hint = did_you_mean(verb, VERBS)
            raise UserError(
                f"no verb '{verb}'.{hint} Verbs: {', '.join(VERBS)}. See: python -m harness --help"
            )
        else:
            code = _call(verb, words[1:])
        sys.stdout.flush()  # a full disk shows now, not when Python ends
        return code
    except KeyboardInterrupt as stop:
        terminated = isinstance(stop, Terminated)
        word = "terminated" if terminated else "interrupted"
        print(visible_line(f"harness {verb}: {word}{f': {stop}' if str(stop) else ''}"), file=sys.stderr)
        return 143 if terminated else 130
    except BrokenPipeError:  # `harness list | head`
        return _unread()
    except SystemExit as stop:
        try:
            sys.stdout.flush()  # of --help, after which argparse ends the program
        except BrokenPipeError:
            return _unread()
        if isinstance(stop.__context__, BrokenPipeError):  # rich found it, and ends the program with 1
            return _unread()
        raise
    except Exception as error:
        return _fail(verb if verb in VERBS else "", error, debug)
