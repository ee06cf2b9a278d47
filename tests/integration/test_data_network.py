"""Sets that come over the network: the real clients against loopback servers in the published layouts."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from harness.data import fetch
from harness.data.load import load
from harness.errors import DataError, UnavailableError
from harness.types import Bitext
from tests.support.loopback_servers import SHA, Served, serving
from tests.support.program import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
SHARED_NTREX = ROOT.parent / "shared" / "data" / "ntrex"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("time.sleep", lambda _: None)
    with serving() as served:
        yield served


def bitext(options: dict[str, Any], src: str = "fr", tgt: str = "pl") -> Bitext:
    loaded = load(options, src, tgt)
    assert isinstance(loaded, Bitext)
    return loaded


# Files by URL


def test_a_bitext_by_url_is_downloaded_once(server: Served) -> None:
    server.files = {"/a.fr": b"un\ndeux\n", "/a.pl": b"jeden\ndwa\n"}
    options = {"kind": "bitext", "src": f"{server.url}/a.fr", "tgt": f"{server.url}/a.pl"}
    loaded = bitext(options)
    assert [item.source for item in loaded.items] == ["un", "deux"]
    assert loaded.inputs[0].path == f"{server.url}/a.fr"
    server.files.clear()
    assert bitext(options).items == loaded.items and server.asked == ["/a.fr", "/a.pl"]


def test_passing_troubles_of_a_server_are_retried(server: Served) -> None:
    server.files["/a"] = b"text\n"
    server.fail["/a"] = [503, 500]
    assert fetch.local(f"{server.url}/a").read_bytes() == b"text\n"
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("fail", "message"),
    [
        ([404], r"/a: the server answered 404 Not Found$"),
        ([500] * 3, r"/a: the server answered 500 .*; download it"),
    ],
)
def test_what_a_server_refuses_is_said(server: Served, fail: list[int], message: str) -> None:
    server.fail["/a"] = fail
    with pytest.raises(UnavailableError, match=message):
        fetch.local(f"{server.url}/a")


def test_a_broken_download_leaves_nothing(server: Served) -> None:
    server.files["/a"] = b"x" * 1000
    server.truncate.add("/a")
    with pytest.raises(UnavailableError, match="the connection broke"):
        fetch.local(f"{server.url}/a")
    assert [p for p in fetch.cache_dir().rglob("*") if p.is_file()] == []
    server.truncate.clear()
    assert fetch.local(f"{server.url}/a").stat().st_size == 1000


def test_no_server_there(server: Served) -> None:
    with serving() as gone:
        url = gone.url
    with pytest.raises(
        UnavailableError, match=r"cannot be reached .*download it elsewhere and name the local file"
    ):
        fetch.local(f"{url}/a")


# NTREX


def _ntrex(line_end: str = "\r\n") -> dict[str, bytes]:
    def text(lines: list[str]) -> bytes:
        return "".join(line + line_end for line in lines).encode()

    return {
        "/NTREX-128/newstest2019-src.eng.txt": text(["A dog.", "A cat.", "A bird."]),
        "/NTREX-128/newstest2019-ref.fra.txt": text(["Un chien.", "Un chat.", "Un oiseau."]),
        "/NTREX-128/newstest2019-ref.pol.txt": text(["Pies.", "Kot.", "Ptak."]),
        "/DOCUMENT_IDS.tsv": b"bbc.1\nbbc.1\nguardian.2\n",
    }


@pytest.mark.parametrize(("src", "first"), [("fr", "Un chien."), ("en", "A dog.")])
def test_ntrex_in_its_published_layout(server: Served, src: str, first: str) -> None:
    server.files = _ntrex()
    loaded = bitext({"kind": "ntrex", "base": server.url}, src)
    assert (loaded.items[0].source, loaded.items[0].references) == (first, ("Pies.",))
    assert [item.doc for item in loaded.items] == ["bbc.1", "bbc.1", "guardian.2"]
    assert loaded.inputs[0].licence == "CC BY-SA 4.0" and "2022.sumeval" in str(loaded.inputs[0].citation)


def test_ntrex_in_a_folder_hashes_like_the_published_one(server: Served, tmp_path: Path) -> None:
    server.files = _ntrex()
    for name, content in _ntrex("\n").items():
        (tmp_path / "copy" / name[1:]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / name[1:]).write_bytes(content)
    local = bitext({"kind": "ntrex", "path": str(tmp_path / "copy")})
    remote = bitext({"kind": "ntrex", "base": server.url})
    assert local.items == remote.items
    assert [i.sha256 for i in local.inputs] == [i.sha256 for i in remote.inputs]
    with pytest.raises(DataError, match=r"newstest2019-ref\.deu\.txt: no such file"):
        bitext({"kind": "ntrex", "path": str(tmp_path / "copy")}, "de")
    with pytest.raises(DataError, match="NTREX-128 has no text in 'la'"):
        bitext({"kind": "ntrex", "path": str(tmp_path / "copy")}, "la")


@pytest.mark.skipif(not SHARED_NTREX.is_dir(), reason="NTREX itself is not here")
def test_ntrex_itself() -> None:
    loaded = bitext({"kind": "ntrex", "path": str(SHARED_NTREX)})
    assert (len(loaded.items), loaded.meta["counts"]["documents"]) == (1997, 123)
    assert loaded.meta["counts"]["foreign_source"] == loaded.meta["counts"]["foreign_reference"] == 0


# sacreBLEU's catalogue

WMT_XML = """<?xml version='1.0' encoding='utf-8'?>
<dataset id="wmttest2099"><collection id="general">
<doc origlang="fr" id="news.1" domain="news">
<src lang="fr"><p><seg id="1">Un.</seg><seg id="2">Deux.</seg></p></src>
<ref lang="pl" translator="A"><p><seg id="1">Jeden.</seg><seg id="2">Dwa.</seg></p></ref>
<ref lang="pl" translator="B"><p><seg id="1">Raz.</seg><seg id="2">Dwie.</seg></p></ref></doc>
<doc origlang="fr" id="news.2" domain="news"><src lang="fr"><p><seg id="1">Trois.</seg></p></src>
<ref lang="pl" translator="A"><p><seg id="1">Trzy.</seg></p></ref>
<ref lang="pl" translator="B"><p><seg id="1">Troje.</seg></p></ref></doc>
</collection></dataset>
"""


@pytest.fixture
def catalogue(server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    from sacrebleu.dataset import DATASETS
    from sacrebleu.dataset.wmt_xml import WMTXMLDataset

    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as out:
        entry = tarfile.TarInfo("xml/wmttest2099.fr-pl.all.xml")
        entry.size = len(WMT_XML.encode())
        out.addfile(entry, io.BytesIO(WMT_XML.encode()))
    server.files["/wmt99.tar.gz"] = archive.getvalue()
    dataset = WMTXMLDataset(
        "wmt99",
        data=[f"{server.url}/wmt99.tar.gz"],
        md5=[hashlib.md5(archive.getvalue()).hexdigest()],
        description="A made-up year.",
        langpairs={"fr-pl": ["xml/wmttest2099.fr-pl.all.xml"]},
        refs=["A", "B"],
    )
    dataset._outdir = str(tmp_path / "sacrebleu" / "wmt99")
    dataset._rawdir = str(tmp_path / "sacrebleu" / "wmt99" / "raw")
    monkeypatch.setitem(DATASETS, "wmt99", dataset)
    return server


def test_a_wmt_set_with_two_references_and_documents(catalogue: Served) -> None:
    loaded = bitext({"kind": "wmt", "name": "wmt99"}, "fra")
    assert [item.source for item in loaded.items] == ["Un.", "Deux.", "Trois."]
    assert sorted(loaded.items[1].references) == ["Dwa.", "Dwie."]
    assert [item.doc for item in loaded.items] == ["news.1", "news.1", "news.2"]
    assert loaded.inputs[0].citation == "A made-up year." and catalogue.asked == ["/wmt99.tar.gz"]


def test_a_wmt_set_that_is_not_to_be_had(catalogue: Served) -> None:
    with pytest.raises(DataError, match=r"no test set named 'wmt89' .*Did you mean 'wmt99'\?"):
        bitext({"kind": "wmt", "name": "wmt89"})
    with pytest.raises(DataError, match=r"wmt99 has no pl-fr\. Pairs: fr-pl"):
        bitext({"kind": "wmt", "name": "wmt99"}, "pl", "fr")
    catalogue.files["/wmt99.tar.gz"] = b"something else"
    with pytest.raises(DataError, match="not what sacreBLEU expects"):
        bitext({"kind": "wmt", "name": "wmt99"})


def test_a_wmt_set_without_a_network(catalogue: Served) -> None:
    catalogue.fail["/wmt99.tar.gz"] = [500]
    with pytest.raises(
        UnavailableError, match=r"wmt99: http.*cannot be reached .*sacrebleu -t wmt99 -l fr-pl"
    ):
        bitext({"kind": "wmt", "name": "wmt99"})


# The Hugging Face hub: its endpoint is fixed when the client is imported, so each test is a process.

CLIENT = """
import json, sys
from harness.data.load import load
from harness.errors import HarnessError
for options in json.load(sys.stdin):
    try:
        b = load(options, "fr", "pl")
    except HarnessError as error:
        print(json.dumps({"error": type(error).__name__, "message": str(error)}))
    else:
        items = [[i.id, i.doc, i.source, *i.references] for i in b.items]
        inputs = [[i.path, i.licence, i.url] for i in b.inputs]
        print(json.dumps({"items": items, "inputs": inputs, "meta": b.meta}))
"""


def ask(endpoint: str, home: Path, *options: dict[str, Any], **env: str) -> list[Any]:
    process = subprocess.run(
        [sys.executable, "-c", CLIENT],
        input=json.dumps(options),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={
            **os.environ,
            "HF_ENDPOINT": endpoint,
            "HF_HOME": str(home),
            "HF_HUB_ETAG_TIMEOUT": str(PATIENCE),
            **env,
        },
        timeout=PATIENCE,
    )
    assert process.returncode == 0, process.stderr
    return [json.loads(line) for line in process.stdout.splitlines()]


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), out)
    return out.getvalue()


def _flores_card(*configs: str) -> bytes:
    entries = "".join(
        f"- config_name: {c}\n  data_files:\n  - split: devtest\n    path: devtest/{c}.parquet\n"
        for c in configs
    )
    return f"---\nlicense: cc-by-sa-4.0\nconfigs:\n{entries}---\n".encode()


HUB = {
    "me/news/README.md": b"---\nlicense: cc0-1.0\n---\n",
    "me/news/data/test.jsonl": "\n".join(
        json.dumps({"id": f"n{i}", "translation": {"fr": f"Bonjour {i}", "pl": f"Witaj {i}"}})
        for i in range(3)
    ).encode(),
    "me/flores/README.md": _flores_card("fra_Latn", "pol_Latn"),
    "me/flores/devtest/fra_Latn.parquet": _parquet(
        [{"id": i, "text": f"fr {i}", "url": f"https://x/{i // 2}", "domain": f"d{i}"} for i in (1, 2, 3)]
    ),
    "me/flores/devtest/pol_Latn.parquet": _parquet(
        [{"id": i, "text": f"pl {i}", "url": f"https://x/{i // 2}"} for i in (3, 1, 2)]
    ),
    "me/short/README.md": _flores_card("fra_Latn", "pol_Latn"),
    "me/short/devtest/fra_Latn.parquet": _parquet([{"id": 1, "text": "a", "url": ""}]),
    "me/short/devtest/pol_Latn.parquet": _parquet([{"id": 2, "text": "a", "url": ""}]),
}


def test_hub_datasets(tmp_path: Path) -> None:
    with serving(HUB) as hub:
        news, line_id, split, config, field, absent, revision, flores, chosen, short, missing = ask(
            hub.url,
            tmp_path / "hf",
            {"kind": "hf", "id": "me/news"},
            {"kind": "hf", "id": "me/news", "line_id": "id", "limit": None} | {"sample": 2},
            {"kind": "hf", "id": "me/news", "split": "tset"},
            {"kind": "hf", "id": "me/news", "config": "{src}-{tgt}"},
            {"kind": "hf", "id": "me/news", "source": "translatoin.fr"},
            {"kind": "hf", "id": "me/none"},
            {"kind": "hf", "id": "me/news", "revision": "v9"},
            {"kind": "flores", "id": "me/flores"},
            {"kind": "flores", "id": "me/flores", "where": "domain=d2"},
            {"kind": "flores", "id": "me/short"},
            {"kind": "flores", "id": "me/flores", "tgt_config": "ces_Latn"},
        )
    assert news["items"] == [[str(i + 1), None, f"Bonjour {i}", f"Witaj {i}"] for i in range(3)]
    assert news["inputs"][0] == [f"me/news@{SHA}", "cc0-1.0", "https://huggingface.co/datasets/me/news"]
    assert news["meta"]["revision"] == SHA
    assert line_id["error"] == "ConfigError" and "no option 'limit'" in line_id["message"]
    assert split["error"] == "DataError" and "Unknown split" in split["message"]
    assert "fr-pl" in config["message"] and "default" in config["message"]
    assert "no field 'translatoin'. Did you mean 'translation'?" in field["message"]
    assert absent["error"] == "UnavailableError" and "no such dataset on the hub" in absent["message"]
    assert "no such revision" in revision["message"]
    assert flores["items"] == [[str(i), f"https://x/{i // 2}", f"fr {i}", f"pl {i}"] for i in (1, 2, 3)]
    assert flores["inputs"][1][1] == "CC BY-SA 4.0"
    assert chosen["items"] == [["2", "https://x/1", "fr 2", "pl 2"]]
    assert "do not have the same sentences (2 are in one only)" in short["message"]
    assert missing["error"] == "DataError" and "ces_Latn" in missing["message"]


def test_a_gated_set_says_how_to_get_access_and_opens_with_a_token(tmp_path: Path) -> None:
    with serving(HUB) as hub:
        hub.gated.add("me/flores")
        options = {"kind": "flores", "id": "me/flores"}
        (refused,) = ask(hub.url, tmp_path / "a", options)
        (opened,) = ask(hub.url, tmp_path / "b", options, HF_TOKEN="hf_made_up")
    assert refused["error"] == "UnavailableError"
    assert "accept its terms at https://huggingface.co/datasets/me/flores" in refused["message"]
    assert "HF_TOKEN" in refused["message"] and "\n" not in refused["message"]
    assert len(opened["items"]) == 3


def test_a_hub_out_of_reach_and_its_cache(tmp_path: Path) -> None:
    options = {"kind": "hf", "id": "me/news"}
    with serving(HUB) as hub:
        (before,) = ask(hub.url, tmp_path / "hf", options)
        gone_url = hub.url
    (gone,) = ask(hub.url, tmp_path / "hf", options)
    (offline,) = ask(hub.url, tmp_path / "hf", options, HF_HUB_OFFLINE="1")
    assert gone["error"] == "UnavailableError" and "cannot be reached" in gone["message"]
    assert "HF_HUB_OFFLINE=1" in gone["message"] and "\n" not in gone["message"]
    assert offline["items"] == before["items"]
    (never,) = ask(gone_url, tmp_path / "empty", options, HF_HUB_OFFLINE="1")
    assert "not in the cache, and HF_HUB_OFFLINE=1 forbids" in never["message"]
