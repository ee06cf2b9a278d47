"""The shell of every page, and the assets: what `report` is made of, and the pages of the workbench."""

from __future__ import annotations

import hashlib
from functools import cache
from html import escape
from pathlib import Path

from harness.errors import StageError
from harness.report import page as report

ASSETS = Path(__file__).resolve().parent / "assets"
PAGES = (
    "fetched.js",
    "workbench.js",
    "runs.js",
    "run.js",
    "compare.js",
    "history.js",
    "links.js",
    "editor.js",
    "campaigns.js",
    "judge.js",
    "start.js",
)
_DRAWS = ("compare",)  # pages with charts

_SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} – harness</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{base}/assets/{stamp}/workbench.css">
{scripts}
</head>
<body data-page="{page}" data-base="{base}" data-name="{name}" data-readonly="{readonly}">
<a class="skip" href="#main">Skip to the content</a>
<header><nav aria-label="Pages" id="pages"></nav><h1 id="title">{title}</h1></header>
<noscript><p class="notice">This page needs JavaScript; it loads nothing from elsewhere.</p></noscript>
<p id="problem" class="notice" role="alert" hidden></p>
<main id="main" tabindex="-1"></main>
</body>
</html>
"""


@cache
def assets() -> dict[str, tuple[str, str]]:
    """File name → (media type, text). Raises StageError when an installation lacks one."""
    texts = [report.asset(name) for name in report.SHARED] + [_own(name) for name in PAGES]
    return {
        "workbench.js": ("text/javascript", "(() => {\n'use strict';\n" + "\n".join(texts) + "\n})();"),
        "workbench.css": ("text/css", report.asset("report.css") + _own("workbench.css")),
        **{Path(name).name: ("text/javascript", report.asset(name)) for name in report.VENDOR},
    }


@cache
def stamp() -> str:
    """A digest of all assets, part of their address: a browser may keep them for ever."""
    return hashlib.sha256("".join(text for _, text in assets().values()).encode()).hexdigest()[:12]


def shell(page: str, title: str, base: str, name: str = "", read_only: bool = False) -> str:
    """The HTML of a page; `name` is what it shows (a run, a campaign). All else it fetches."""
    files = [Path(file).name for file in report.VENDOR] if page in _DRAWS else []
    scripts = "\n".join(
        f'<script defer src="{escape(base)}/assets/{stamp()}/{file}"></script>'
        for file in [*files, "workbench.js"]
    )
    return _SHELL.format(
        title=escape(title),
        base=escape(base),
        stamp=stamp(),
        scripts=scripts,
        page=page,
        name=escape(name),
        readonly="yes" if read_only else "",
    )


def _own(name: str) -> str:
    try:
        return (ASSETS / name).read_text(encoding="utf-8")
    except OSError as error:
        raise StageError(
            f"the installation is broken: {ASSETS / name} is missing; reinstall mt-harness"
        ) from error
