"""The world of someone who tries the documented commands: their files, and the servers they meet."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import tiny_checkpoints as checkpoints
from tests.support.loopback_hub import Hub
from tests.support.loopback_servers import serving
from tests.support.made_ratings import write_mqm
from tests.support.program import ROOT

FRENCH = [
    "Le président a visité lundi la ville de Varsovie.",
    "Il a parlé d'économie avec le ministre.",
    "La réunion a duré deux heures.",
]
POLISH = [
    "Prezydent odwiedził w poniedziałek miasto Warszawę.",
    "Rozmawiał z ministrem o gospodarce.",
    "Spotkanie trwało dwie godziny.",
]
ENGLISH = [
    "The president visited the city of Warsaw on Monday.",
    "He spoke with the minister.",
    "It took two hours.",
]
GERMAN = [
    "Der Präsident besuchte am Montag die Stadt Warschau.",
    "Er sprach mit dem Minister.",
    "Es dauerte zwei Stunden.",
]
CZECH = ["Prezident v pondělí navštívil město Varšavu.", "Mluvil s ministrem o hospodářství."]
UKRAINIAN = ["Президент у понеділок відвідав місто Варшаву.", "Він говорив з міністром про економіку."]

WMT = """<?xml version='1.0' encoding='utf-8'?>
<dataset id="wmttest2023"><collection id="general"><doc origlang="de" id="news.1" domain="news">
<src lang="de"><p><seg id="1">Guten Tag.</seg><seg id="2">Es dauerte zwei Stunden.</seg></p></src>
<ref lang="en" translator="refA"><p><seg id="1">Good day.</seg><seg id="2">It took two hours.</seg></p></ref>
</doc></collection></dataset>
"""
CARD = b"""---
license: cc0-1.0
configs:
- config_name: en-fr
  data_files:
  - split: test
    path: en-fr/test.jsonl
---
"""


def write(folder: Path, name: str, lines: list[str]) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def furnish(folder: Path) -> None:
    """The files that the pages speak of."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copytree(ROOT / "seeds", folder / "my_documents")
    for pl in (folder / "my_documents").glob("*/pl.txt"):
        _rename_language(pl, "uk", UKRAINIAN)
    for fr in sorted((folder / "my_documents").glob("*/fr.txt"))[:1]:
        _rename_language(fr, "cs", CZECH)
    shutil.copytree(ROOT / "tests/data/call-gold", folder / "tests/data/call-gold")
    for name in ("a.txt", "news.fr", "fr_texts/one.txt"):
        write(folder, name, FRENCH)
    for name in ("b.txt", "news.pl", "news2.pl", "pl/one.txt"):
        write(folder, name, POLISH)
    write(folder, "src.en", ENGLISH)
    for name, lines in (("ref.de", GERMAN), ("outs/a.hyp", GERMAN), ("outs/b.hyp", GERMAN[::-1])):
        write(folder, name, lines)
    write(folder, "a.cs", CZECH)
    write(folder, "b.uk", UKRAINIAN)
    pairs = list(zip(FRENCH, POLISH, strict=True))
    write(folder, "news.tsv", ["fr\tpl\tdoc", *(f"{fr}\t{pl}\tnews" for fr, pl in pairs)])
    write(folder, "news.jsonl", [json.dumps({"translation": {"fr": fr, "pl": pl}}) for fr, pl in pairs])
    write_mqm(folder / "mqm.tsv")
    write(folder, "news.csv", ["source;target", *(f'"{fr}";"{pl}"' for fr, pl in pairs)])
    write_formats(folder, pairs)
    write_documents(folder, pairs)
    (folder / "shards").mkdir()
    for number, (fr, pl) in enumerate(pairs):
        line = json.dumps({"fr": fr, "pl": pl}) + "\n"
        (folder / f"shards/{number}.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    units = "".join(
        f'<tu><tuv xml:lang="fr"><seg>{fr}</seg></tuv><tuv xml:lang="pl"><seg>{pl}</seg></tuv></tu>'
        for fr, pl in pairs
    )
    tmx = f'<?xml version="1.0"?><tmx version="1.4"><header/><body>{units}</body></tmx>'
    (folder / "memory.tmx.gz").write_bytes(gzip.compress(tmx.encode()))


def write_documents(folder: Path, pairs: Sequence[tuple[str, str]]) -> None:
    """Two documents, and outputs for them in one file, in a folder, and in a table."""
    rows = [f"{fr};{pl};{'first' if number < 2 else 'second'}" for number, (fr, pl) in enumerate(pairs)]
    write(folder, "stories.csv", ["source;target;doc", *rows])
    texts = {"first": " ".join(POLISH[:2]), "second": POLISH[2]}
    for name, text in texts.items():
        write(folder, f"translated/{name}.txt", [text])
    write(folder, "translated.txt", ["\n\n".join(texts.values())])
    write(folder, "translated.jsonl", [json.dumps({"doc": doc, "text": text}) for doc, text in texts.items()])


def write_formats(folder: Path, pairs: Sequence[tuple[str, str]]) -> None:
    """The same lines as files of translation tools and of WMT."""

    def segments(side: int) -> str:
        return "".join(f'<seg id="{number}">{pair[side]}</seg>' for number, pair in enumerate(pairs))

    for kind, side, name in (("srcset", 0, "news-src.fr.sgm"), ("refset", 1, "news-ref.pl.sgm")):
        write(
            folder, name, [f'<{kind} setid="news">', f'<doc docid="d">{segments(side)}</doc>', f"</{kind}>"]
        )
    versions = (
        '<src lang="fr">{}</src><ref lang="pl" translator="A">{}</ref><hyp lang="pl" system="S">{}</hyp>'
    )
    doc = versions.format(segments(0), segments(1), segments(1))
    xml = f'<dataset id="news"><doc id="d" domain="news">{doc}</doc></dataset>'
    write(folder, "news.fr-pl.xml", ['<?xml version="1.0"?>', xml])
    units = "".join(
        f'<trans-unit id="{number}"><source>{fr}</source><target>{pl}</target></trans-unit>'
        for number, (fr, pl) in enumerate(pairs)
    )
    file = f'<file original="news.html" source-language="fr" target-language="pl"><body>{units}</body></file>'
    write(folder, "job.xlf", [f'<xliff version="1.2">{file}</xliff>'])
    write(folder, "wmt22/sources/fr-pl.txt", [fr for fr, _ in pairs])
    for name in ("references/fr-pl.refA.txt", "system-outputs/fr-pl/sysA.txt"):
        write(folder, f"wmt22/{name}", [pl for _, pl in pairs])
    write(folder, "wmt22/documents/fr-pl.docs", ["news\td"] * len(pairs))


def _rename_language(path: Path, lang: str, lines: list[str]) -> None:
    """Turn one document of a copy of the seeds into another language, manifest and all."""
    data = ("\n".join(lines) + "\n").encode()
    path.unlink()
    path.with_name(f"{lang}.txt").write_bytes(data)
    manifest = path.with_name("manifest.json")
    value = json.loads(manifest.read_text(encoding="utf-8"))
    entry = {"lang": lang, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    value["files"] = {f"{lang}.txt": entry}
    manifest.write_text(json.dumps(value), encoding="utf-8")


def ntrex(folder: Path) -> None:
    """Three lines in the published layout, CRLF as they come."""
    for code, lines in (("ref.fra", FRENCH), ("ref.pol", POLISH), ("src.eng", ENGLISH)):
        text = "".join(f"{line}\r\n" for line in lines)
        (folder / "NTREX-128").mkdir(parents=True, exist_ok=True)
        (folder / f"NTREX-128/newstest2019-{code}.txt").write_bytes(text.encode())
    write(folder, "DOCUMENT_IDS.tsv", ["bbc.1", "bbc.1", "guardian.2"])


def wmt23(home: Path) -> None:
    """What sacreBLEU's own download of WMT23 leaves in `$SACREBLEU`; its address is part of sacreBLEU."""
    from sacrebleu.dataset import DATASETS

    dataset = DATASETS["wmt23"]
    write(home, f"wmt23/raw/{dataset._get_tarball_filename(dataset.data[0])}", ["unpacked"])
    write(home, f"wmt23/raw/{dataset.langpairs['de-en'][0]}", [WMT.strip()])


def _of_pair(home: Path, pair: str) -> Path:
    """The checkpoint as one of another pair."""
    folder = home / f"opus-mt-{pair}"
    shutil.copytree(home / "marian", folder)
    config = folder / "tokenizer_config.json"
    source, target = pair.split("-")
    langs = {"source_lang": source, "target_lang": target}
    config.write_text(json.dumps(json.loads(config.read_text(encoding="utf-8")) | langs), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Network:
    """A server that has the models, the datasets and the files that the pages name."""

    url: str
    env: dict[str, str]


@contextmanager
def network(home: Path) -> Iterator[Network]:
    """The hub with random checkpoints under the real names, and NTREX, on loopback; caches below `home`."""
    checkpoints.marian(home / "marian")
    repos = {
        f"Helsinki-NLP/opus-mt-{pair}": _of_pair(home, pair) for pair in ("fr-pl", "pl-fr", "en-fr", "de-en")
    }
    repos["facebook/nllb-200-distilled-600M"] = checkpoints.m2m(home / "nllb", family="nllb")
    ntrex(home / "ntrex")
    files = {
        f"/ntrex/{path.relative_to(home / 'ntrex')}": path.read_bytes()
        for path in (home / "ntrex").rglob("*") if path.is_file()
    }  # fmt: skip
    rows = [{"translation": {"en": en, "fr": fr}} for en, fr in zip(ENGLISH, FRENCH, strict=True)]
    files["Helsinki-NLP/opus-100/README.md"] = CARD
    files["Helsinki-NLP/opus-100/en-fr/test.jsonl"] = "\n".join(map(json.dumps, rows)).encode()
    wmt23(home / "sacrebleu")
    with serving(files) as served:
        served.models = Hub(repos)
        yield Network(
            served.url,
            {
                "HF_ENDPOINT": served.url,
                "HF_HOME": str(home / "hf"),
                "HF_HUB_OFFLINE": "0",
                "XDG_CACHE_HOME": str(home / "cache"),
                "SACREBLEU": str(home / "sacrebleu"),
            },
        )
