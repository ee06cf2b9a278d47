"""Every reader of the harness with small good files for it: what `tests/support/fuzzer.py` damages."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import registry
from harness.common.files import sha256_text, write_json
from harness.data.load import load
from harness.protocols import Batch, Engine, Translated
from harness.types import Bitext, DocumentSet, Translation
from tests.support.fuzz_campaigns import campaign_targets
from tests.support.fuzzer import Target
from tests.support.made_stores import write_run

FR = ["Bonjour à tous.", "Le président Tokaïev a parlé hier à M. Xi.", "« Merci », dit-il.", "Voilà 12 %."]
PL = [
    "Dzień dobry wszystkim.",
    "Prezydent Tokajew rozmawiał wczoraj z Xi.",
    "„Dziękuję” — rzekł.",
    "Oto 12%.",
]
TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="fr"/><body>
<tu tuid="x"><tuv xml:lang="fr-FR"><seg>Bonjour <bpt i="1">&lt;b></bpt>à <hi>tous</hi><ept i="1">&lt;/b></ept>
.</seg></tuv><tuv xml:lang="PL"><seg>Dzień dobry.</seg></tuv><tuv xml:lang="pl"><seg>Cześć.</seg></tuv></tu>
<tu><note>x</note><tuv lang="pl"><seg>Tak &amp; no.</seg></tuv>
<tuv lang="fr"><seg>O &#233; n.</seg></tuv></tu>
</body></tmx>
"""

SGM_SOURCE = """<srcset setid="x" srclang="fr">
<doc docid="d" genre="news" origlang="fr"><p>
<seg id="1"> Bonjour &amp; à tous. </seg>
<seg id="2">Voilà 12 %.</seg></p></doc>
</srcset>
"""
SGM_REFERENCE = """<refset setid="x" srclang="fr" trglang="pl">
<DOC docid="d" sysid="ref"><seg id=1>Dzień dobry.</seg><seg id=2>Oto &#49;2%.</seg></DOC>
<DOC docid="d" sysid="b"><seg id=1>Cześć.</seg></DOC>
</refset>
"""
WMT_XML = """<?xml version='1.0' encoding='utf-8'?>
<dataset id="x"><collection id="c"><doc id="d" origlang="fr" domain="news">
<src lang="fr"><p><seg id="1">Bonjour &amp; à tous.</seg><seg id="2">Voilà.</seg></p></src>
<ref lang="pl" translator="A"><p><seg id="1">Dzień dobry.</seg></p></ref>
<hyp lang="pl" system="s"><p><seg id="1">Cześć.</seg></p></hyp></doc></collection></dataset>
"""
XLIFF = """<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="f" source-language="fr"
 target-language="pl"><body><trans-unit id="1">
<source>Bonjour <g id="1">à<x id="2" ctype="lb"/></g> tous</source>
<target state="final">Dzień <g id="1">dobry</g></target></trans-unit><trans-unit id="2"><source>A. B.</source>
<seg-source><mrk mtype="seg" mid="1">A.</mrk> <mrk mtype="seg" mid="2">B.</mrk></seg-source><target>
<mrk mtype="seg" mid="1">C.</mrk><mrk mtype="seg" mid="2">D.</mrk></target></trans-unit></body></file></xliff>
"""
XLIFF_2 = """<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="fr" trgLang="pl">
<file id="f"><unit id="u"><originalData><data id="d">&lt;br/></data></originalData><segment state="final">
<source>A<ph id="1" dataRef="d"/> <pc id="2">b</pc></source><target>C</target></segment></unit></file></xliff>
"""
PO = """msgid ""
msgstr "Language: pl\\n"

#: a.c:1
msgctxt "x"
msgid "Bonjour \\"toi\\""
msgid_plural "Bonjour\\n"
msgstr[0] "Dzień dobry"
msgstr[1] "Cześć"

#, fuzzy
msgid "Oui"
msgstr "Tak"

msgid "Non"
msgstr "Nie"
"""


def text(lines: list[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def parallel(kind: str, **options: Any) -> Callable[[Path], None]:
    """Load a parallel set; option values are file names within the folder, packed copies too."""

    def read(folder: Path) -> None:
        def path(value: Any) -> Any:
            if isinstance(value, list):
                return [path(item) for item in value]
            found = [p for p in folder.iterdir() if p.name.split("!")[0].startswith(str(value))]
            return str(found[0]) if found else value

        named = {k: path(v) if k in ("path", "src", "tgt", "docs") else v for k, v in options.items()}
        loaded = load({"kind": kind, **named}, "fr", "pl")
        assert isinstance(loaded, Bitext)
        for item in loaded.items:
            assert isinstance(item.source, str) and all(isinstance(r, str) for r in item.references)
            "".join((item.id, item.source, *item.references)).encode("utf-8", "surrogatepass")

    return read


def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (
        ["source", "target", "id"],
        *([f, p, n] for n, (f, p) in enumerate(zip(FR, PL, strict=True))),
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _metrics_eval(folder: Path) -> None:
    load({"kind": "mt-metrics-eval", "path": str(folder)}, "fr", "pl")


def _held_outputs(name: str) -> Callable[[Path], None]:
    def read(folder: Path) -> None:
        options = {"kind": "file", "path": str(folder / name), "system": "s"}
        registry.build("engine", options, model={"name": "file"}, src="fr", tgt="pl").check()

    return read


def _zip_member(folder: Path) -> None:
    load({"kind": "bitext", "src": str(folder / "a.zip" / "a.fr"), "tgt": str(folder / "a.pl")}, "fr", "pl")


def _segmented(loaded: DocumentSet | Bitext) -> None:
    """Documents go through cleaning and segmentation too: offsets must hold for whatever was read."""
    from harness.text.segment import segment

    assert isinstance(loaded, DocumentSet)
    cleaner = registry.build("cleaner", {"kind": "rules"})
    splitter = registry.build("splitter", {"kind": "sentencex"})
    for cleaned in cleaner.clean([*loaded.src, *loaded.tgt]):
        for found in segment(cleaned, splitter):
            assert 0 <= found.start <= found.end <= len(cleaned.document.text)


def _documents(folder: Path) -> None:
    options = {"kind": "documents", "src": str(folder / "a.txt"), "tgt": str(folder / "b.txt")}
    _segmented(load(options, "fr", "pl"))


def _seeds(folder: Path) -> None:
    """The manifests are damaged, and the texts (whose hash is then put right, to come further)."""
    for texts in folder.glob("*/*.txt"):
        with contextlib.suppress(Exception):
            manifest = json.loads((texts.parent / "manifest.json").read_bytes())
            manifest["files"][texts.name]["sha256"] = sha256_text(texts.read_text(encoding="utf-8"))
            (texts.parent / "manifest.json").write_text(json.dumps(manifest))
    _segmented(load({"kind": "seeds", "path": str(folder)}, "fr", "pl"))


def _ntrex(folder: Path) -> None:
    load({"kind": "ntrex", "path": str(folder)}, "fr", "pl")


def _wmt(folder: Path) -> None:
    from sacrebleu.dataset import DATASETS
    from sacrebleu.dataset.plain_text import PlainTextDataset

    made = PlainTextDataset("made99", data=["http://127.0.0.1:9/x"], langpairs={"fr-pl": ["a", "b"]})
    made._outdir = str(folder)
    DATASETS["made99"] = made
    try:
        load({"kind": "wmt", "name": "made99"}, "fr", "pl")
    finally:
        del DATASETS["made99"]


def _hf(folder: Path) -> None:
    import datasets

    with tempfile.TemporaryDirectory() as cache:
        before = datasets.config.HF_DATASETS_CACHE
        datasets.config.HF_DATASETS_CACHE = Path(cache)
        try:
            options = {"kind": "hf", "id": str(folder), "source": "source", "target": "target"}
            load({**options, "split": "test"}, "fr", "pl")
        finally:
            datasets.config.HF_DATASETS_CACHE = before


def _outputs(folder: Path) -> None:
    config = {"kind": "file", "path": str(folder / "out.txt")}
    engine = registry.build("engine", config, model={"name": "x"}, src="fr", tgt="pl")
    assert engine.identity["sha256"]
    list(engine.translate(Batch(FR)))


def _gold(folder: Path) -> None:
    from harness.align.gold import read_alignment

    read_alignment(folder / "gold.txt", 4, 4)
    read_alignment(folder / "gold.txt")


def _pairs(folder: Path) -> None:
    from harness.cli.aligning import listed

    listed(folder / "pairs.tsv")


def _verbs(*calls: list[str]) -> Callable[[Path], None]:
    """Verbs over a damaged store: each must end well or in one line, never in an internal error."""

    def read(folder: Path) -> None:
        from harness.cli.main import main

        for words in calls:
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main([*words, "--results", str(folder / "results")])
            if code not in (0, 1, 2) or "internal error" in err.getvalue():
                raise AssertionError(f"{' '.join(words)}: exit {code}: {err.getvalue()[-300:]}")

    return read


def _config(folder: Path) -> None:
    from harness.config.hydra_errors import explain
    from harness.config.schema import compose

    try:
        compose(["model=mine", "pair=mine-mine"], folder)
    except Exception as error:
        explained = explain(error, [f"--config-dir={folder}"])
        raise explained from None


def _cleaner(folder: Path) -> None:
    from harness.common.named import named

    registry.build("cleaner", named("clean", str(folder / "c.yaml")))


def _cache(folder: Path) -> None:
    from harness.translate.runner import translate

    class Upper(Engine):
        identity: Any = {"engine": "upper"}  # noqa: RUF012

        def translate(self, batch: Batch) -> Translated:
            yield [(i, Translation(source, source.upper())) for i, source in enumerate(batch.sources)]

    found = translate(Upper(), FR, folder / "cache")
    assert [t.source for t in found] == FR and all(isinstance(t.hypothesis, str) for t in found)


def _stored_cache() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        _cache(Path(name))
        return {str(p.relative_to(name)): p.read_bytes() for p in Path(name).rglob("*") if p.is_file()}


def _parquet_bytes(rows: dict[str, list[Any]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(rows), out)
    return out.getvalue()


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.fr", text(FR))
    return out.getvalue()


def _store() -> dict[str, bytes]:
    """Two finished runs with alignment, one failed: all the files a store has."""
    beads = [
        {"src": [i], "tgt": [i], "shape": "1-1", "score": 1.0, "confidence": 0.9, "flags": []}
        for i in range(len(FR))
    ]
    metrics = {"chrf": {"kind": "chrf", "workers": 1}, "ter": {"kind": "ter", "workers": 1}}
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "results"
        for number, outputs in enumerate((FR, PL)):
            run = f"20260101-00000{number}-abcdef"
            store = write_run(root, run, f"m{number}", outputs, [[x] for x in PL], FR, beads, metrics)
            sides = [
                {
                    "id": "d",
                    "lang": lang,
                    "segments": [{"text": t, "start": 0, "end": 1, "furniture": None} for t in lines],
                }
                for lang, lines in (("fr", FR), ("pl", PL))
            ]
            documents = [{"src": sides[0], "tgt": sides[1], "beads": beads}]
            write_json(store.run_dir(run) / "alignment.json", {"documents": documents, "candidates": []})
            path = store.run_dir(run) / "record.json"
            record = json.loads(path.read_text())
            record["scores"][0]["ci"] = [1.0, 2.0]
            record["pairing"] = [
                {
                    "src": "d",
                    "tgt": "d",
                    "score": 1.0,
                    "gap": None,
                    "mutual_best": True,
                    "accepted": True,
                    "reason": "x",
                }
            ]
            record["data"]["inputs"] = [{"name": "d", "path": "d", "sha256": "0" * 64, "n": 4}]
            record["timings"], record["health"], record["warnings"] = {"load": 0.1}, {"copied": 1}, ["odd"]
            record["environment"] = {"harness": "0", "git_commit": "0" * 40, "packages": {"numpy": "2"}}
            record["counts"] = {
                "cleaning": {"edits": {"space": 1}},
                "alignment": {
                    "beads": 4,
                    "shapes": {"1-1": 4},
                    "flags": {"partial": 1},
                    "src": {"null_segments": 0, "aligned_share": 1.0},
                    "tgt": {"null_segments": 0, "aligned_share": None},
                },
            }
            write_json(path, record)
        failed = root / "runs" / "20260102-000000-abcdef" / "error.json"
        write_json(failed, {"stage": "load", "type": "DataError", "message": "x: empty", "when": "2026"})
        return {str(p.relative_to(name)): p.read_bytes() for p in Path(name).rglob("*") if p.is_file()}


TABLE = text(
    ["id\tdoc\tsource\ttarget", *(f"{i}\td\t{f}\t{p}" for i, (f, p) in enumerate(zip(FR, PL, strict=True)))]
)
ROWS = [
    json.dumps({"id": i, "t": {"fr": f, "pl": [p, p.upper()]}})
    for i, (f, p) in enumerate(zip(FR, PL, strict=True))
]
MANIFEST = {
    "id": "d",
    "source": "made",
    "licence": "CC0",
    "url": "x",
    "files": {
        "fr.txt": {"lang": "fr", "sha256": sha256_text(text(FR).decode())},
        "pl.txt": {"lang": "pl", "sha256": sha256_text(text(PL).decode())},
    },
}
MODEL = b"""defaults:
  - override /engine@_global_.engine: copy
  - _self_
name: mine
id: null
pairs: [fr-pl]
"""
CLEANER = (Path(__file__).resolve().parents[2] / "conf" / "clean" / "rules.yaml").read_bytes()


def targets() -> list[Target]:
    """All readers by name. Building them writes and reads a few small files in a temporary folder."""
    store = _store()
    lean = {name: data for name, data in store.items() if name.endswith(("record.json", "error.json"))}
    flat = {"source": FR, "target": PL, "id": [1, 2, 3, 4]}
    return [
        Target(
            "bitext",
            {"a.fr": text(FR), "a.pl": text(PL), "docs": text(["d"] * 4)},
            parallel("bitext", src="a.fr", tgt="a.pl", docs="docs"),
            packed=True,
        ),
        Target("zip", {"a.zip": _zipped(), "a.pl": text(PL)}, _zip_member),
        Target(
            "tsv", {"a.tsv": TABLE}, parallel("tsv", path="a.tsv", line_id="id", doc_id="doc"), packed=True
        ),
        Target(
            "csv",
            {"a.tsv": TABLE.replace(b",", b";").replace(b"\t", b",")},
            parallel("tsv", path="a.tsv", delimiter=",", quoted=True),
            packed=True,
        ),
        Target(
            "jsonl",
            {"a.jsonl": text(ROWS)},
            parallel("jsonl", path="a.jsonl", source="t.{src}", target="t.{tgt}", line_id="id"),
            packed=True,
        ),
        Target(
            "parquet",
            {"a.parquet": _parquet_bytes(flat)},
            parallel("parquet", path="a.parquet", line_id="id"),
        ),
        Target(
            "sniffed-csv",
            {"a.csv": TABLE.replace(b"\t", b";")},
            parallel("csv", path="a.csv", line_id="id", doc_id="doc", where="doc=d"),
            packed=True,
        ),
        Target(
            "json-array",
            {"a.json": f"[{','.join(ROWS)}]".encode()},
            parallel("json", path="a.json", source="t.{src}", target="t.{tgt}", line_id="id"),
            packed=True,
        ),
        Target("xlsx", {"a.xlsx": _workbook()}, parallel("xlsx", path="a.xlsx", line_id="id")),
        Target("po", {"a.po": PO.encode()}, parallel("po", path="a.po"), packed=True),
        Target("xliff", {"a.xlf": XLIFF.encode()}, parallel("xliff", path="a.xlf"), packed=True),
        Target("xliff2", {"a.xlf": XLIFF_2.encode()}, parallel("xliff", path="a.xlf")),
        Target(
            "sgm",
            {"s.sgm": SGM_SOURCE.encode(), "r.sgm": SGM_REFERENCE.encode()},
            parallel("sgm", src="s.sgm", tgt="r.sgm"),
            packed=True,
        ),
        Target("wmt-xml", {"a.xml": WMT_XML.encode()}, parallel("wmt-xml", path="a.xml"), packed=True),
        Target("wmt-xml-outputs", {"a.xml": WMT_XML.encode()}, _held_outputs("a.xml")),
        Target(
            "sgm-outputs",
            {"t.sgm": SGM_REFERENCE.replace("refset", "tstset").replace('"b"', '"s"').encode()},
            _held_outputs("t.sgm"),
        ),
        Target(
            "mt-metrics-eval",
            {
                "sources/fr-pl.txt": text(FR),
                "references/fr-pl.refA.txt": text(PL),
                "documents/fr-pl.docs": text(["news\td"] * 4),
                "human-scores/fr-pl.mqm.sys.score": b"a\t-1.5\nb\tNone\n",
                "metric-scores/fr-pl/BLEU-refA.sys.score": b"a\t30\n",
            },
            _metrics_eval,
        ),
        Target("tmx", {"a.tmx": TMX.encode()}, parallel("tmx", path="a.tmx"), packed=True),
        Target("tmx16", {"a.tmx": TMX.encode("utf-16")}, parallel("tmx", path="a.tmx")),
        Target("documents", {"a.txt": text(FR), "b.txt": text(PL)}, _documents),
        Target(
            "seeds",
            {
                "d/manifest.json": json.dumps(MANIFEST, indent=1).encode(),
                "d/fr.txt": text(FR),
                "d/pl.txt": text(PL),
            },
            _seeds,
        ),
        Target(
            "ntrex",
            {
                "newstest2019-ref.fra.txt": text(FR),
                "newstest2019-ref.pol.txt": text(PL),
                "DOCUMENT_IDS.tsv": text(["d"] * 4),
            },
            _ntrex,
        ),
        Target("wmt", {"made99.fr-pl.src": text(FR), "made99.fr-pl.ref": text(PL)}, _wmt),
        Target(
            "hf-jsonl",
            {
                "test.jsonl": text(
                    [json.dumps({"source": f, "target": p}) for f, p in zip(FR, PL, strict=True)]
                )
            },
            _hf,
        ),
        Target("hf-csv", {"test.csv": TABLE.replace(b",", b";").replace(b"\t", b",")}, _hf),
        Target("hf-parquet", {"test.parquet": _parquet_bytes(flat)}, _hf),
        Target("file-outputs", {"out.txt": text(PL)}, _outputs),
        Target("gold", {"gold.txt": b"[0]:[0]\n[1,2]:[1]:0.5\n[3]:[]\n[]:[2]\n[]:[3]\n"}, _gold),
        Target(
            "pairs-list",
            {
                "pairs.tsv": b"a.txt\tb.txt\nc.txt\td.txt\tgold.txt\n",
                "a.txt": b"a",
                "b.txt": b"b",
                "c.txt": b"c",
                "d.txt": b"d",
                "gold.txt": b"[0]:[0]\n",
            },
            _pairs,
        ),
        Target(
            "records",
            lean,
            _verbs(["list"], ["list", "--format", "csv"], ["list", "--all", "--format", "md"]),
        ),
        Target("show", store, _verbs(["show", "latest"], ["show", "m0", "--segments", "9"])),
        Target("compare", store, _verbs(["compare", "--samples", "20", "--by", "shape", "--segments", "2"])),
        Target("report", store, _verbs(["report", "--samples", "20", "-o", os.devnull])),
        Target(
            "export",
            store,
            _verbs(
                ["export", "csv", "--level", "segment"],
                ["export", "pearmut"],
                ["export", "model-index", "model=m0"],
            ),
        ),
        Target("config", {"model/mine.yaml": MODEL, "pair/mine-mine.yaml": b"src: fr\ntgt: pl\n"}, _config),
        Target("cleaner", {"c.yaml": CLEANER}, _cleaner),
        Target("cache", _stored_cache(), _cache),
        *campaign_targets(),
    ]
