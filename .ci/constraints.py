"""Write constraints.txt: the exact version of every package, for each supported Python that is at hand.

usage: python .ci/constraints.py PYTHON [PYTHON …]     (make constraints)

pip resolves the newest versions that pyproject.toml admits. PyTorch's own packages (CUDA, triton) are left
out: its wheel pins them itself, and which it needs depends on the build.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PINNED_BY_TORCH = ("nvidia-", "cuda-", "triton")


def resolved(python: str) -> tuple[str, dict[str, str]]:
    """The version of Python, and the version of each package that it would install."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    command = [python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    done = subprocess.run([*command, "-e", f"{ROOT}[dev,docs]"], stdout=subprocess.PIPE, text=True, check=True)
    packages = (item["metadata"] for item in json.loads(done.stdout)["install"])
    return version, {
        item["name"].lower().replace("_", "-"): item["version"].partition("+")[0]
        for item in packages
        if item["name"] != "mt-harness" and not item["name"].startswith(PINNED_BY_TORCH)
    }


def main() -> None:
    by_package: dict[str, dict[str, str]] = defaultdict(dict)
    versions = []
    for python in sys.argv[1:]:
        version, found = resolved(python)
        versions.append(version)
        for name, number in found.items():
            by_package[name][version] = number
    lines = [f"# Exact versions for Python {', '.join(versions)}. Written by: make constraints"]
    for name, numbers in sorted(by_package.items()):
        if len(numbers) == len(versions) and len(set(numbers.values())) == 1:
            lines.append(f"{name}=={next(iter(numbers.values()))}")
        else:
            lines += [f'{name}=={number} ; python_version == "{v}"' for v, number in numbers.items()]
    (ROOT / "constraints.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"constraints.txt: {len(by_package)} packages for Python {', '.join(versions)}")


if __name__ == "__main__":
    main()
