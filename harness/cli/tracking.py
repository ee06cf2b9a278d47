"""A finished run to the tracker of `log=`, with a report page of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from harness.common.files import write_atomic
from harness.common.progress import note
from harness.results.record import Record
from harness.results.store import Store


def track(name: str, store: Store, record: Record) -> None:
    """Log `record`, and say so. Raises StageError when the tracker fails."""
    from harness.export.trackers import log

    with tempfile.TemporaryDirectory() as folder:
        log(name, store, record, _report(store, record, Path(folder) / "report.html"))
    note(f"logged to {name}: {record.run_id}")


def _report(store: Store, record: Record, path: Path) -> Path:
    from harness.compare.alignment import GRID, view
    from harness.compare.evaluate import evaluate
    from harness.compare.groups import group
    from harness.compare.options import Options
    from harness.compare.select import Selection
    from harness.report.page import LIMIT, build, overhead
    from harness.report.payload import payload

    sets, _ = group(store, Selection((record,), (), named=True))
    results = [evaluate(found, Options()) for found in sets]
    pages = [(result, view(result, GRID)) for result in results]
    title = f"{record.model.label}, {record.data.name} {record.pair}"
    write_atomic(path, build(payload(store, pages, LIMIT - overhead(), title)))
    return path
