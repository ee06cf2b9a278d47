"""The alignment of a run as a table to correct by hand: `export beads`, then `run … alignment=FILE`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from harness.errors import UserError
from harness.results.record import Record
from harness.results.store import Store

COLUMNS = ("src_doc", "tgt_doc", "id", "src_ids", "tgt_ids", "src", "tgt", "confidence", "flags")
_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


def beads_tsv(store: Store, record: Record) -> str:
    """A line a bead, null beads too, under the names of the documents and with the ids of the segments.

    Raises UserError for a run on a test set that was parallel already.
    """
    alignment = store.alignment(record.run_id)
    if alignment is None:
        raise UserError(f"{record.run_id}: its test set was parallel already, there are no beads to export")
    ids = {
        (line["doc"], tuple(line["bead"]["src"]), tuple(line["bead"]["tgt"])): line["id"]
        for line in store.segments(record.run_id)
        if line["bead"]
    }
    rows = [COLUMNS, *(row for pair in alignment["documents"] for row in _rows(pair, ids))]
    return "".join("\t".join(row) + "\n" for row in rows)


def _rows(
    pair: dict[str, Any], ids: dict[tuple[str, tuple[int, ...], tuple[int, ...]], str]
) -> Iterator[tuple[str, ...]]:
    src, tgt = pair["src"], pair["tgt"]
    name = f"{src['id']}+{tgt['id']}"
    for number, bead in enumerate(pair["beads"]):
        null = not bead["src"] or not bead["tgt"]
        own = "" if null else ids.get((name, tuple(bead["src"]), tuple(bead["tgt"])), f"{name}:{number}")
        sure = bead.get("confidence")
        yield (
            src["id"],
            tgt["id"],
            own,
            ",".join(map(str, bead["src"])),
            ",".join(map(str, bead["tgt"])),
            _texts(src["segments"], bead["src"]),
            _texts(tgt["segments"], bead["tgt"]),
            "" if sure is None else f"{sure:.6g}",
            ",".join(bead.get("flags") or ()),
        )


def _texts(segments: Sequence[dict[str, Any]], numbers: Sequence[int]) -> str:
    return _BREAKS.sub(" ", " ".join(segments[number]["text"] for number in numbers))
