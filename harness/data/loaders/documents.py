"""Loaders of raw documents in two languages, whose correspondence the pipeline finds itself."""

from __future__ import annotations

from collections.abc import Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from harness.common.files import normalise_newlines, parse_json, read_text, sha256_text
from harness.common.langs import language
from harness.common.paths import is_dir, is_file, resource, user_path
from harness.common.shapes import Keys, mismatch
from harness.data.pairs import positions, read_pairs
from harness.errors import DataError, did_you_mean
from harness.protocols import Loader
from harness.types import Document, DocumentSet, Input

_MANIFEST = Keys(
    {"files": {str: Keys({"lang": str, "sha256": str})}},
    {"id": str, "licence": str, "url": str, "source": str},
)


class Seeds(Loader):
    """The documents shipped with the harness, or a folder laid out like them.

    The layout: one folder a document holding `<lang>.txt` for each language it exists in and
    `manifest.json` with `{"id", "files": {"<lang>.txt": {"lang", "sha256"}}, "source", "licence"}`. `pairs`
    as in `Documents`, with names of folders.
    """

    def __init__(self, path: str | None = None, pairs: str | None = None) -> None:
        self.path = path
        self.pairs = pairs

    def load(self, src: str, tgt: str) -> DocumentSet:
        """Every document of the two languages, by folder name; each file is checked against its manifest.

        Raises DataError where a text would be source and target.
        """
        root = user_path(self.path) if self.path else resource("seeds")
        folders = _folders(root)
        found: dict[str, list[tuple[Document, Input]]] = {src: [], tgt: []}
        there: set[str] = set()
        for folder in folders:
            manifest = read_manifest(folder)
            for name, entry in sorted(manifest["files"].items()):
                there.add(entry["lang"])
                for side in (src, tgt):
                    if entry["lang"] in _codes(side):
                        found[side].append(_seed(folder, name, entry, manifest, side))
        for side, loaded in found.items():
            if not loaded:
                raise DataError(
                    f"{root}: no document in '{side}'; there are documents in {', '.join(sorted(there))}."
                    " Bring your own with data=documents"
                )
        both = {document.source for document, _ in found[src]} & {d.source for d, _ in found[tgt]}
        if both:
            raise DataError(
                f"{min(both)}: would be source and target, as pair.src={src} and pair.tgt={tgt} both name its"
                " language. Two versions in one language: data=documents data.src=… data.tgt=…"
            )
        return _document_set("seeds", found[src], found[tgt], self.pairs)


class Documents(Loader):
    """Raw UTF-8 texts of the user's.

    `src` and `tgt` each name a file, a folder (its `*.txt` files), a glob pattern,
    or a list of those. `pairs` is a list of which belong together, a source and a target on each line with a
    tab between: names of documents, or of their files as seen from the list's folder. Without `src` and
    `tgt`, the files of the list are the documents.
    """

    def __init__(
        self,
        src: str | Sequence[str] | None = None,
        tgt: str | Sequence[str] | None = None,
        name: str = "documents",
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
        pairs: str | None = None,
    ) -> None:
        if pairs and not src and not tgt:
            listed = read_pairs(pairs)
            src = [str(line.file(0)) for line in listed]
            tgt = [str(line.file(1)) for line in listed]
        for option, value in (("src", src), ("tgt", tgt)):
            if not value:
                raise DataError(
                    f"data=documents needs data.{option}: a file, a folder, a glob pattern or a list of them"
                )
        self.src = [src] if isinstance(src, str) else [str(item) for item in src or ()]
        self.tgt = [tgt] if isinstance(tgt, str) else [str(item) for item in tgt or ()]
        self.name = name
        self.origin = {"licence": licence, "url": url, "citation": citation}
        self.pairs = pairs

    def load(self, src: str, tgt: str) -> DocumentSet:
        """Read all files of both sides; an id is the file's name, with its folder where names repeat."""
        source, target = expand(self.src), expand(self.tgt)
        both = {path.resolve() for path in source} & {path.resolve() for path in target}
        if both:
            raise DataError(f"{min(both)}: named as source and as target; each text belongs to one language")
        return _document_set(self.name, self._side(source, src), self._side(target, tgt), self.pairs)

    def _side(self, paths: list[Path], lang: str) -> list[tuple[Document, Input]]:
        loaded = []
        for path, name in zip(paths, distinct_names(paths), strict=True):
            text = _content(path, lang)
            document = Document(name, lang, text, str(path))
            loaded.append((document, Input(name, str(path), sha256_text(text), _lines(text), **self.origin)))
        return loaded


def expand(patterns: Sequence[str]) -> list[Path]:
    """The files that files, folders (their `*.txt`) and glob patterns name, each once, in order."""
    paths: dict[Path, None] = {}
    for pattern in patterns:
        path = user_path(pattern)
        if is_dir(path):
            matches = sorted(item for item in path.glob("*.txt") if item.is_file())
            if not matches:
                raise DataError(f"{path}: no .txt file in this folder; name the files with a glob pattern")
        elif is_file(path) or not has_magic(pattern):
            matches = [path]
        else:
            matches = sorted(Path(item) for item in glob(str(path), recursive=True))  # noqa: PTH207 (absolute patterns)
            matches = [item for item in matches if item.is_file()]
            if not matches:
                raise DataError(f"{pattern}: no file matches this pattern (working folder: {Path.cwd()})")
        paths.update(dict.fromkeys(matches))
    return list(paths)


def distinct_names(paths: Sequence[Path]) -> list[str]:
    """The stem of each path, led by as many of its folders as it takes to tell them all apart."""
    for depth in range(1, max((len(path.parts) for path in paths), default=0) + 1):
        names = ["/".join(path.with_suffix("").parts[-depth:]) for path in paths]
        if len(set(names)) == len(names):
            return names
    return [str(path) for path in paths]


def read_manifest(folder: Path) -> dict[str, Any]:
    """`manifest.json` of a document's folder, checked against the files that are there."""
    path = folder / "manifest.json"
    manifest: Any = parse_json(read_text(path), str(path))
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(files, dict) or not files:
        raise DataError(f'{path}: needs "files": {{"<lang>.txt": {{"lang": …, "sha256": …}}}}')
    for name, entry in files.items():
        if not isinstance(entry, dict) or not {"lang", "sha256"} <= entry.keys():
            raise DataError(f'{path}: the entry of \'{name}\' needs "lang" and "sha256"')
    if wrong := mismatch(manifest, _MANIFEST):
        raise DataError(f"{path}: {wrong}")
    if manifest.get("id", folder.name) != folder.name:
        raise DataError(f"{path}: the id '{manifest['id']}' is not the folder's name '{folder.name}'")
    for name in sorted({item.name for item in folder.glob("*.txt")} - files.keys()):
        raise DataError(
            f"{folder / name}: not in manifest.json.{did_you_mean(name, files)} Add it with its sha256"
        )
    return dict(manifest)


def _seed(
    folder: Path, name: str, entry: dict[str, Any], manifest: dict[str, Any], lang: str
) -> tuple[Document, Input]:
    path = folder / name
    text = _content(path, lang)
    sha256 = sha256_text(text)
    if sha256 != entry["sha256"]:
        raise DataError(
            f"{path}: changed: its sha256 is {sha256[:12]}…, manifest.json says {str(entry['sha256'])[:12]}…;"
            " restore the file, or correct the manifest if the change is meant"
        )
    return Document(folder.name, lang, text, str(path)), Input(
        name=folder.name,
        path=f"{folder.name}/{name}",
        sha256=sha256,
        n=_lines(text),
        licence=manifest.get("licence"),
        url=manifest.get("url"),
        citation=manifest.get("source"),
    )


def _folders(root: Path) -> list[Path]:
    if not is_dir(root):
        raise DataError(f"{root}: no such folder; data.path names a folder of document folders")
    folders = sorted(item.parent for item in root.glob("*/manifest.json"))
    if not folders:
        raise DataError(
            f"{root}: no <document>/manifest.json in this folder; plain texts are for data=documents"
        )
    return folders


def _codes(code: str) -> set[str]:
    lang = language(code)
    return {code, lang.code, lang.short, lang.iso3}


def _content(path: Path, lang: str) -> str:
    text = read_text(path, (lang,))
    if not text.strip():
        raise DataError(f"{path}: empty; a document needs text")
    return text


def _lines(text: str) -> int:
    return sum(1 for line in normalise_newlines(text).split("\n") if line.strip())


def _document_set(
    name: str,
    source: list[tuple[Document, Input]],
    target: list[tuple[Document, Input]],
    pairs: str | None = None,
) -> DocumentSet:
    src, tgt = (tuple(document for document, _ in side) for side in (source, target))
    listed = positions(pairs, src, tgt) if pairs else None
    inputs = tuple(entry for _, entry in source + target)
    return DocumentSet(name, src, tgt, (*inputs, listed[1]) if listed else inputs, pairs=listed and listed[0])
