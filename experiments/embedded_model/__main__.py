"""Run one stage of the recipe: python -m experiments.embedded_model STAGE --work DIR."""

from __future__ import annotations

import argparse
import json
import pickle
from pathlib import Path

from . import clean, collect, evaluate, export, pins, pretrain, train
from .settings import load

STAGES = ("collect", "clean", "pretrain", "train", "export", "evaluate")
HERE = Path(__file__).resolve().parent


def main() -> None:
    """Stages read what the stage before wrote into the work folder, so each can be run again alone."""
    parser = argparse.ArgumentParser(prog="python -m experiments.embedded_model", description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--work", type=Path, required=True, help="folder for everything the recipe makes")
    parser.add_argument("--settings", type=Path, default=HERE / "fr-pl.json")
    parser.add_argument(
        "--data", type=Path, default=HERE.parents[1] / "../shared/data/ntrex", help="NTREX (evaluate)"
    )
    arguments = parser.parse_args()
    settings, work = load(arguments.settings), arguments.work
    work.mkdir(parents=True, exist_ok=True)
    if arguments.stage == "train":
        packages, grammar = pickle.loads((work / "labels.pkl").read_bytes())
        dev = packages[: settings.dev] + grammar[: settings.dev]
        rest = packages[settings.dev :] + grammar[settings.dev :]
        lemmas = json.loads((work / "lemmas.json").read_text("utf-8"))
        train.run(work / "start", work / "train", rest, dev, lemmas, settings.plan)
    elif arguments.stage == "evaluate":
        evaluate.run(settings, work, arguments.data)
    else:
        stage = {"collect": collect, "clean": clean, "pretrain": pretrain, "export": export}[arguments.stage]
        stage.run(settings, work)
    pins.tell(settings, work)


if __name__ == "__main__":
    main()
