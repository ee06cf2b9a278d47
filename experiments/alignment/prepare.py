"""Make the documents that the default aligner is fitted on: manuals of Debian, with noise.

    python experiments/alignment/prepare.py WORK

Downloads the packages (`apt-get download`) into WORK/packages, writes src.txt, tgt.txt and gold.txt into
WORK/documents/PAIR/NUMBER, and what they were made of into experiments/alignment/manifest.json. The same
seed gives the same documents.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from manuals import PACKAGES, Page, alike, pages
from noise import Link, Row, changed, draw, sentences, strange

from experiments.embedded_model.collect import fetch

PAIRS = ("fr-pl", "de-fr", "en-pl", "pl-de", "en-fr", "de-en")
SHARES = {"handbook": 3, "gnome": 2, "libreoffice": 1}  # of prose first
SHORTEST, LONGEST = 8, 40  # rows of a document
STRANGERS = 6
APART = "apart"  # in the name of the sets of documents that have little in common
HERE = Path(__file__).resolve().parent


def rows_of(page: Page, langs: Row, r: random.Random) -> list[Row]:
    """A page's sentences where both sides have as many, else its paragraphs; few of the short ones."""
    out = []
    for s, t in page.rows:
        own, other = sentences(s, langs[0]), sentences(t, langs[1])
        parts = list(zip(own, other, strict=False))
        same = len(own) == len(other) and all(alike(a, b, 0.45, 2.2) for a, b in parts)
        out += parts if same else [(s, t)]
    return [row for row in out if min(map(len, row)) >= 40 or r.random() < 0.25]


def stretches(rows: list[Row], r: random.Random) -> Iterator[list[Row]]:
    """A page cut into documents."""
    start = 0
    while len(rows) - start >= SHORTEST:
        size = r.randint(SHORTEST, 30)
        if len(rows) - start - size < SHORTEST:
            size = len(rows) - start
        if size <= LONGEST:
            yield rows[start : start + size]
        start += size


def documents(root: Path, pair: str, count: int, seed: int) -> Iterator[list[Link]]:
    """`count` documents of a language pair, as links, fewer where the manuals are too short for so many; and
    behind them, one for every `STRANGERS`, such as have little or nothing in common.
    """
    langs = (pair[:2], pair[3:])
    r = random.Random(f"{seed}-{pair}")
    pools: dict[str, list[list[Row]]] = {source: [] for source in SHARES}
    others: list[Row] = []
    for page in pages(root, *langs):
        if page.source == "libreoffice" and r.random() < 0.75:
            continue  # there is far more of it than is needed
        rows = rows_of(page, langs, r)
        others += rows
        pools[page.source] += stretches(rows, r)
    for pool in pools.values():
        r.shuffle(pool)
    made: list[list[Link]] = []
    for _ in range(count):
        left = {source: share for source, share in SHARES.items() if pools[source]}
        if not left:
            return
        source = r.choices(list(left), list(left.values()))[0]
        made.append(changed(pools[source].pop(), langs, draw(r), r, others))
        yield made[-1]
    for _ in range(count // STRANGERS):
        yield strange(*r.sample(made, 3), r)


def write(links: list[Link], folder: Path) -> None:
    """The texts and the gold alignment, in vecalign's format."""
    src: list[str] = []
    tgt: list[str] = []
    gold = []
    for s, t in links:
        i, j = (list(range(len(side), len(side) + len(own))) for side, own in ((src, s), (tgt, t)))
        gold += [f"{i}:{j}"] if s and t else [f"[{k}]:[]" for k in i] + [f"[]:[{k}]" for k in j]
        src += s
        tgt += t
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("src.txt", src), ("tgt.txt", tgt), ("gold.txt", gold)):
        (folder / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--count", type=int, default=240, help="documents a language pair")
    parser.add_argument("--seed", type=int, default=8)
    args = parser.parse_args()
    packages = fetch(PACKAGES, args.work)
    manifest: dict[str, object] = {"packages": packages, "seed": args.seed, "documents": {}}
    for pair in PAIRS:
        digest, beads, number = hashlib.sha256(), 0, 0
        for number, links in enumerate(documents(args.work / "root", pair, args.count, args.seed)):
            home = f"{pair}-{APART}" if number >= args.count else pair
            write(links, args.work / "documents" / home / f"{number:03d}")
            digest.update(json.dumps(links).encode())
            beads += len(links)
        manifest["documents"][pair] = {
            "documents": number + 1,
            "beads": beads,
            "sha256": digest.hexdigest(),
        }
        print(f"{pair}: {number + 1} documents, {beads:,} beads", file=sys.stderr)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (HERE / "manifest.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
