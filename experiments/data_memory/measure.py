"""Peak memory of loading a whole TMX file, by its size in MB.

python experiments/data_memory/measure.py 10 100 1000
python experiments/data_memory/measure.py --hold 10 100    # all items in memory, for comparison
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness.common.files import digest_each
from harness.data import spool
from harness.data.load import load
from harness.types import Bitext

FRENCH = (
    "Le président a déclaré lundi que la coopération entre les deux pays s'était approfondie",
    "Les deux parties ont signé un accord de commerce, de transport et d'énergie",
    "Selon le ministère, la construction de la ligne de chemin de fer commencera l'année prochaine",
)
POLISH = (
    "Prezydent oświadczył w poniedziałek, że współpraca między oboma krajami się pogłębiła",
    "Obie strony podpisały porozumienie o handlu, transporcie i energetyce",
    "Według ministerstwa budowa linii kolejowej rozpocznie się w przyszłym roku",
)


def generate(path: Path, megabytes: int) -> None:
    """A TMX file of about this size (MB = 10⁶ bytes) whose units all differ."""
    written, number = 0, 0
    with path.open("w", encoding="utf-8", buffering=1 << 20) as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4"><header srclang="fr"/><body>\n')
        while written < megabytes * 1_000_000:
            mark = hashlib.blake2b(str(number).encode(), digest_size=8).hexdigest()
            fr, pl = FRENCH[number % 3], POLISH[number % 3]
            unit = (
                f'<tu><tuv xml:lang="fr"><seg>{fr} ({mark}, {number}).</seg></tuv>'
                f'<tuv xml:lang="pl"><seg>{pl} ({mark}, {number}).</seg></tuv></tu>\n'
            )
            out.write(unit)
            written += len(unit.encode())
            number += 1
        out.write("</body></tmx>\n")


def child(path: str, hold: bool) -> None:
    """Load `path` whole and hash it: lines, peak resident memory in bytes, CPU seconds of both."""
    if hold:
        spool.SPILL = sys.maxsize - 1
    begin = time.process_time()
    loaded = load({"kind": "tmx", "path": path}, "fr", "pl")
    assert isinstance(loaded, Bitext)
    read = time.process_time() - begin
    digest_each([item.id, item.source, item.references] for item in loaded.items)
    hashed = time.process_time() - begin - read
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(len(loaded.items), peak, read, hashed, loaded.meta["counts"]["duplicates"])


def measured(path: Path, hold: bool) -> tuple[int, int, float, float]:
    words = [sys.executable, __file__, "--child", str(path), *(["--hold"] if hold else [])]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    lines, peak, read, hashed, duplicates = done.stdout.split()
    assert duplicates == "0"
    return int(lines), int(peak), float(read), float(hashed)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("megabytes", nargs="*", type=int, default=[10, 100, 1000])
    parser.add_argument("--hold", action="store_true", help="keep every item in memory")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child, args.hold)
        return
    print("| TMX | lines | peak memory | above the smallest | load | hash |")
    print("| --- | --- | --- | --- | --- | --- |")
    least = None
    with tempfile.TemporaryDirectory() as folder:
        for size in [1, *args.megabytes]:
            path = Path(folder) / f"{size}.tmx"
            generate(path, size)
            lines, peak, read, hashed = measured(path, args.hold)
            path.unlink()
            least = least or peak
            print(
                f"| {size:,} MB | {lines:,} | {peak / 1e6:,.0f} MB | {(peak - least) / 1e6:,.0f} MB"
                f" | {read:,.0f} s | {hashed:,.1f} s |",
                flush=True,
            )


if __name__ == "__main__":
    main()
