"""Print constraints that hold every direct dependency at the lowest version pyproject.toml admits.

usage: python .ci/oldest.py > FILE     (make test-oldest)
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def main() -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = project["dependencies"] + [line for name in extras if name != "dev" for line in extras[name]]
    for line in sorted(set(lines)):
        if found := re.match(r"([\w.-]+)(?:\[[^]]*\])?>=([\w.]+)", line):
            print(f"{found.group(1)}=={found.group(2)}")


if __name__ == "__main__":
    main()
