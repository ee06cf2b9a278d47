"""Regenerate the committed results table, or check that it is not stale.

python experiments/xi_tokayev_call/table.py           # writes results/reference.csv
python experiments/xi_tokayev_call/table.py --check   # exit code 1 where a score differs by over 1e-6
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tempfile
from pathlib import Path

from harness.config.schema import compose, new_run_id
from harness.config.typed import typed
from harness.results.store import Record, Store, table_csv
from harness.run.pipeline import run_one

TABLE = Path(__file__).resolve().parents[2] / "results" / "reference.csv"
SYSTEMS = {"fr-pl": ("copy", "tiny", "gloss", "reference"), "pl-fr": ("copy", "gloss", "reference")}
# What differs from run to run and machine to machine without being a result.
VOLATILE = ("run_id", "created", "tag", "config_hash")
TOLERANCE = 1e-6

Row = dict[str, str]


def measure() -> list[Row]:
    """Every system that works offline, on the reports of the call, in both directions."""
    records: list[Record] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        for pair, systems in SYSTEMS.items():
            for system in systems:
                print(f"{pair} {system}", file=sys.stderr, flush=True)
                config = compose([f"pair={pair}", f"model={system}", f"results={folder}"])
                records.append(run_one(typed(config), store, new_run_id()).record)
    rows = list(csv.DictReader(io.StringIO(table_csv(records))))
    return [{key: value for key, value in row.items() if key not in VOLATILE} for row in rows]


def differences(committed: list[Row], measured: list[Row]) -> list[str]:
    """One line for each cell that differs: numbers by more than TOLERANCE, text at all."""
    if len(committed) != len(measured):
        return [f"{len(committed)} rows are committed, {len(measured)} were measured"]
    found = []
    for old, new in zip(committed, measured, strict=True):
        for key in {**old, **new}:
            if not _same(old.get(key, ""), new.get(key, "")):
                found.append(
                    f"{new['src']}-{new['tgt']} {new['model']}: {key} {old.get(key)} → {new.get(key)}"
                )
    return found


def _same(old: str, new: str) -> bool:
    try:
        return abs(float(old) - float(new)) <= TOLERANCE
    except ValueError:
        return old == new


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed table, write nothing"
    )
    arguments = parser.parse_args()
    measured = measure()
    if arguments.check:
        with TABLE.open(encoding="utf-8", newline="") as stream:
            found = differences(list(csv.DictReader(stream)), measured)
        print("\n".join(found) or f"{TABLE.name} is up to date")
        return 1 if found else 0
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(measured[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(measured)
    print(TABLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
