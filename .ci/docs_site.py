"""Hooks of the documentation site: pages that lie outside docs/, and links that lead there.

The Markdown of the repository is read on disk as well, so its links are those of the repository. README.md
becomes the first page; pages elsewhere keep their path; a link to any other file becomes its path as code, as
the site has no copy of it. A link to what does not exist is a warning, which `strict` makes an error.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = {"README.md": "index.md", "CHANGELOG.md": "CHANGELOG.md"} | {
    name: name for name in ("results/README.md", "seeds/README.md")
}
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s#]*)(?P<anchor>#[^)\s]*)?\)")
log = logging.getLogger("mkdocs.hooks.docs_site")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages outside docs/ and those of the experiments."""
    from mkdocs.structure.files import File, InclusionLevel

    for source, place in OUTSIDE.items():
        files.append(File.generated(config, place, content=(ROOT / source).read_text(encoding="utf-8")))
    for page in sorted(ROOT.glob("experiments/*/README.md")):
        place = page.relative_to(ROOT).as_posix()
        text = page.read_text(encoding="utf-8")
        files.append(File.generated(config, place, content=text, inclusion=InclusionLevel.NOT_IN_NAV))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Turn the links of the repository into those of the site."""
    return rewritten(markdown, page.file.src_uri)


def rewritten(markdown: str, place: str) -> str:
    """The text of the page at `place` of the site, with its links."""
    source = next((name for name, at in OUTSIDE.items() if at == place), None)
    if source is None:
        source = place if place.startswith("experiments/") else f"docs/{place}"
    folder = (ROOT / source).parent

    def link(found: re.Match[str]) -> str:
        target = found["target"]
        if not target or "://" in target or target.startswith("mailto:"):
            return found[0]
        path = (folder / target).resolve()
        if not path.is_relative_to(ROOT) or not path.exists():
            log.warning("%s: the link to %s leads nowhere", source, target)
            return found[0]
        there = site_path(path.relative_to(ROOT).as_posix())
        if there is None:
            return f"{found['text']} (`{path.relative_to(ROOT).as_posix()}`)"
        relative = os.path.relpath(there, Path(place).parent)
        return f"{found['image']}[{found['text']}]({relative}{found['anchor'] or ''})"

    return LINK.sub(link, markdown)


def site_path(name: str) -> str | None:
    """Where a file of the repository is on the site; None when it is not there."""
    if name in OUTSIDE:
        return OUTSIDE[name]
    if name.startswith("docs/"):
        return name.removeprefix("docs/")
    return name if re.fullmatch(r"experiments/[^/]+/README\.md", name) else None
