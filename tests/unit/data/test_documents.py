import json
import shutil
from pathlib import Path

import pytest

from harness import registry
from harness.common.paths import resource
from harness.data.loaders.documents import Documents, Seeds, distinct_names
from harness.errors import DataError


def test_seeds_of_both_directions() -> None:
    there, back = Seeds().load("fr", "pl"), Seeds().load("pl", "fr")
    assert [d.id[:3] for d in there.src] == ["000", "001", "002", "003"]
    assert [d.id[:3] for d in there.tgt] == ["004"]
    assert [d.text for d in back.src] == [d.text for d in there.tgt]
    assert [d.text for d in back.tgt] == [d.text for d in there.src]
    assert len(there.inputs) == 5 and all(i.licence and i.citation and i.n > 5 for i in there.inputs)


def test_seed_text_is_the_file_unchanged() -> None:
    document = Seeds().load("fra", "pol").tgt[0]
    assert document.text.encode() == Path(document.source).read_bytes()


def test_seeds_name_the_languages_that_are_there() -> None:
    with pytest.raises(
        DataError, match=r"no document in 'cs'; there are documents in fr, pl\..*data=documents"
    ):
        Seeds().load("fr", "cs")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resource("seeds"), tmp_path / "seeds"))


@pytest.mark.parametrize("pair", [("fr", "fr"), ("fr", "fr-CA")])
def test_a_seed_is_not_its_own_counterpart(pair: tuple[str, str]) -> None:
    with pytest.raises(DataError, match=r"fr\.txt: would be source and target.*data=documents"):
        Seeds().load(*pair)


def test_a_changed_seed_is_refused(copy: Path) -> None:
    changed = copy / "000_532dd5c1d2c6d955" / "fr.txt"
    changed.write_bytes(changed.read_bytes() + b" ")
    with pytest.raises(DataError, match=r"000_532dd5c1d2c6d955/fr\.txt: changed: its sha256 is"):
        Seeds(str(copy)).load("fr", "pl")


def test_a_checkout_with_crlf_is_accepted(copy: Path) -> None:
    for path in copy.glob("*/*.txt"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    crlf, lf = Seeds(str(copy)).load("fr", "pl"), Seeds().load("fr", "pl")
    assert [i.sha256 for i in crlf.inputs] == [i.sha256 for i in lf.inputs]


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("{", r"manifest\.json: not valid JSON"),
        ("{}", r'manifest\.json: needs "files"'),
        (json.dumps({"files": {"fr.txt": {"lang": "fr"}}}), r"the entry of 'fr\.txt' needs"),
        (json.dumps({"id": "x", "files": {"fr.txt": {"lang": "fr", "sha256": "0"}}}), r"the id 'x' is not"),
        (json.dumps({"files": {"de.txt": {"lang": "de", "sha256": "0"}}}), r"fr\.txt: not in manifest\.json"),
    ],
)
def test_a_bad_manifest_is_named(copy: Path, manifest: str, message: str) -> None:
    (copy / "001_2217755a5c87da5a" / "manifest.json").write_text(manifest)
    with pytest.raises(DataError, match=message):
        Seeds(str(copy)).load("fr", "pl")


def test_seeds_need_a_folder_of_documents(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no <document>/manifest.json"):
        Seeds(str(tmp_path)).load("fr", "pl")
    with pytest.raises(DataError, match="no such folder"):
        Seeds(str(tmp_path / "absent")).load("fr", "pl")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    for lang, names in {"cs": ["b", "a"], "uk": ["a"]}.items():
        (tmp_path / lang).mkdir()
        for name in names:
            (tmp_path / lang / f"{name}.txt").write_text(f"{lang} {name}\r\n\r\nend", newline="")
    return tmp_path


def test_documents_from_a_folder_a_file_a_glob_and_a_list(texts: Path) -> None:
    folder = Documents(src=str(texts / "cs"), tgt=str(texts / "uk" / "a.txt")).load("cs", "uk")
    assert [d.id for d in folder.src] == ["a", "b"] and folder.src[0].lang == "cs"
    assert folder.src[0].text == "cs a\r\n\r\nend", "offsets point into the raw text"
    assert folder.inputs[0].n == 2
    pattern = Documents(src=str(texts / "c*" / "[ab].txt"), tgt=[str(texts / "uk")]).load("cs", "uk")
    assert pattern.src == folder.src and pattern.tgt == folder.tgt


def test_documents_are_built_from_yaml_keys(texts: Path) -> None:
    config = {"kind": "documents", "src": str(texts / "cs"), "tgt": str(texts / "uk"), "licence": "CC0"}
    assert registry.build("data", config).load("cs", "uk").inputs[0].licence == "CC0"


def test_repeated_file_names_get_their_folder() -> None:
    assert distinct_names([Path("x/a/t.fr.txt"), Path("x/b/t.fr.txt")]) == ["a/t.fr", "b/t.fr"]
    assert distinct_names([Path("x/a.txt"), Path("x/b.txt")]) == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "empty"), (b" \n", "empty"), (b"ok\ncaf\xe9", r"bad\.txt:2: not UTF-8 .*iconv")],
)
def test_a_file_that_cannot_be_used_is_named(texts: Path, content: bytes, message: str) -> None:
    (texts / "uk" / "bad.txt").write_bytes(content)
    with pytest.raises(DataError, match=message) as error:
        Documents(src=str(texts / "cs"), tgt=str(texts / "uk")).load("cs", "uk")
    assert "\n" not in str(error.value)


def test_documents_that_are_not_there(texts: Path) -> None:
    (texts / "none").mkdir()
    for missing, message in {
        "x.txt": "x.txt: no such file",
        "none": "no .txt file",
        "*.md": "no file matches",
    }.items():
        with pytest.raises(DataError, match=message):
            Documents(src=str(texts / missing), tgt=str(texts / "uk")).load("cs", "uk")
    with pytest.raises(DataError, match=r"needs data.tgt"):
        Documents(src=str(texts / "cs"))
    with pytest.raises(DataError, match="as source and as target"):
        Documents(src=str(texts / "cs"), tgt=str(texts / "cs")).load("cs", "uk")
