"""Stage 1: download the packages, unpack them, and begin the manifest."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .settings import Settings


def run(settings: Settings, work: Path) -> None:
    """Fill work/packages and work/root; write work/manifest.json."""
    rows = fetch(settings.packages, work)
    rows.append(
        {
            "package": "wordfreq (PyPI)",
            "version": version("wordfreq"),
            "licence": "CC-BY-SA-4.0 (data)",
            "use": "which words and forms get an entry; no text",
        }
    )
    write_manifest(work, packages=rows)


def fetch(packages: Iterable[tuple[str, str]], work: Path) -> list[dict[str, str]]:
    """Download (package, licence) into work/packages, unpack into work/root; rows for a manifest.

    Packages already there are kept.
    """
    folder, root = work / "packages", work / "root"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for package, licence in packages:
        found = sorted(folder.glob(f"{package}_*.deb"))
        if not found:
            subprocess.run(["apt-get", "download", package], cwd=folder, check=True)
            found = sorted(folder.glob(f"{package}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", str(found[0]), str(root)], check=True)
        digest = hashlib.sha256(found[0].read_bytes()).hexdigest()
        rows.append(
            {
                "package": package,
                "version": found[0].name.split("_")[1].replace("%3a", ":"),
                "sha256": digest,
                "licence": licence,
            }
        )
    return rows


def write_manifest(work: Path, **entries: Any) -> None:
    """Merge entries into work/manifest.json."""
    path = work / "manifest.json"
    manifest = json.loads(path.read_text("utf-8")) if path.exists() else {}
    manifest.update(entries)
    path.write_text(json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
