"""The page itself: markup, style, scripts and data in one file, under a policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from harness.errors import StageError
from harness.report.payload import Payload

ASSETS = Path(__file__).resolve().parent / "assets"
VENDOR = ("vendor/d3.min.js", "vendor/plot.umd.min.js")
# The workbench has them too.
SHARED = (
    "base.js", "picker.js", "charts.js", "pairs.js", "trends.js", "table.js", "align.js", "marks.js",
    "segments.js",
)  # fmt: skip
SCRIPTS = (*SHARED, "words.js", "documents.js", "state.js", "embedded.js", "main.js")
LIMIT = 3_000_000  # bytes of the whole page

# The one style element that Observable Plot puts into each chart, the same for every chart.
PLOT_STYLE = """:where(.plot-d6a7b5) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.plot-d6a7b5 text),
:where(.plot-d6a7b5 tspan) {
  white-space: pre;
}"""


def overhead() -> int:
    """Bytes of the page without its data."""
    return len(build(Payload("", {}, ())).encode())


def build(payload: Payload) -> str:
    """The HTML text. Raises StageError when a shipped asset is missing."""
    style = asset("report.css")
    scripts = [asset(name) for name in VENDOR]
    scripts.append("(() => {\n'use strict';\n" + "\n".join(asset(name) for name in SCRIPTS) + "\n})();")
    policy = "; ".join(
        [
            "default-src 'none'",
            "script-src " + " ".join(source_hash(script) for script in scripts),
            f"style-src {source_hash(style)} {source_hash(PLOT_STYLE)}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    blocks = {"summary": payload.summary, **payload.blocks}
    data = "\n".join(
        f'<script type="text/plain" id="{name}">{text}</script>' for name, text in blocks.items()
    )
    code = "\n".join(f"<script>{script}</script>" for script in scripts)
    return (
        asset("page.html")
        .replace("%POLICY%", policy)
        .replace("%STYLE%", style)
        .replace("%DATA%", data)
        .replace("%CODE%", code)
    )


def asset(name: str) -> str:
    """A shipped file as text. Raises StageError when it is missing."""
    try:
        text = (ASSETS / name).read_text(encoding="utf-8")
    except OSError as error:
        raise StageError(
            f"the installation is broken: {ASSETS / name} is missing; reinstall mt-harness"
        ) from error
    if "</script" in text.lower() and name.endswith(".js"):
        raise StageError(f"{name} holds '</script' and would end its own element")
    return text


def source_hash(text: str) -> str:
    """A text as a source expression of a content policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
