"""Stage 3: the vocabulary, the teacher's labels, and a model whose weights hold the lexicon already."""

from __future__ import annotations

import json
import pickle
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import clean, construct, label, pieces, vocabulary
from .collect import write_manifest
from .settings import Settings
from .synthetic import Grammar
from .teacher import Teacher
from .train import Pair

Laid = list[list[tuple[str, str]]]
GROUPS = [
    [number + case for number in "sp" for case in "ngdail"],
    ["Sm", "Sh", "Sf", "Sn", "P1", "Px"],
    ["P1s", "P3s", "P1p", "P2p", "P3p", "Lsm", "Lsf", "Lsn", "Lp1", "Lpx", "inf", "pcon", "pant"],
    ["ppas"],
    ["cond", "ind"],
    ["cap", "low"],
    ["i", "p"],
]


@lru_cache(maxsize=500_000)
def zipf(word: str, lang: str) -> float:
    """Zipf frequency (0 to 8); phrases rank last."""
    from wordfreq import zipf_frequency

    return float(zipf_frequency(word, lang)) if " " not in word else 0.5


def run(settings: Settings, work: Path) -> None:
    """Write work/start (checkpoint and tokenizer), work/labels.pkl and work/lemmas.json."""
    from wordfreq import top_n_list

    def french(word: str) -> float:
        return zipf(word, settings.src)

    def polish(word: str) -> float:
        return zipf(word, settings.tgt)

    teacher, sizes = Teacher(), settings.sizes
    frequent = [word for word in top_n_list(settings.src, 160_000) if word.replace("-", "").isalpha()]
    heads = teacher.headwords()
    names = [head for head in heads if head[:1].isupper() and " " not in head and len(head) > 1]
    words = vocabulary.rank_words(teacher, frequent, names, french, sizes.words)
    phrases = vocabulary.rank_phrases(teacher, heads, french, sizes.phrases)
    known = set(words)
    unknown = [w for w in frequent if "-" not in w and w not in known and w.capitalize() not in known][
        :60_000
    ]
    unknown = [word.capitalize() if i % 3 else word for i, word in enumerate(unknown)]
    copies = vocabulary.copy_pieces(unknown, sizes.copies)
    table = vocabulary.source_pieces(words, phrases, copies, french, sizes.capitals)
    sources = [*label.SPECIAL, *table]
    start = work / "start"
    start.mkdir(parents=True, exist_ok=True)
    controls = [label.SPECIAL[label.EOS], *label.SPECIAL[label.PAD :]]
    scored = [(piece, vocabulary.score(piece, kind)) for piece, (kind, _) in table.items()]
    pieces.build(start / "source.spm", scored, controls, source=True)

    labeller = label.Labeller(
        start / "source.spm", {piece: kind for piece, (kind, _) in table.items()}, teacher
    )
    real = clean.read(work)
    random.Random(settings.seed).shuffle(real)
    grammar = Grammar(teacher, words, french, [w for w in unknown if w[0].isupper()], settings.seed)
    laid = [labeller.lay_all(real[: settings.real]), labeller.lay_all(grammar.sentences(settings.synthetic))]

    said, of_piece = _count(laid, labeller.kinds)
    default = {
        piece: label.target_piece(" ".join(s.target for s in teacher.say(text) if s.target))
        for piece, (kind, text) in table.items()
        if kind in ("word", "phrase")
    }
    for piece, target in default.items():
        common = piece[:1] != pieces.MARK or table[piece][1].lower() in known
        said[label.lower(target) if common else target] += 2
    targets = _targets(vocabulary.target_strings(teacher, words, said, polish, sizes.targets), table)
    target_ids = {piece: i for i, piece in enumerate(targets)}
    pieces.build(start / "target.spm", [(piece, -1.0) for piece in targets[4:]], controls, source=False)
    source_ids = {piece: i for i, piece in enumerate(sources)}
    _write_json(start / "vocab.json", source_ids)
    _write_json(start / "target_vocab.json", target_ids)
    _write_json(
        start / "tokenizer_config.json",
        {
            "source_lang": settings.src,
            "target_lang": settings.tgt,
            "separate_vocabs": True,
            "model_max_length": 512,
            "tokenizer_class": "MarianTokenizer",
            "eos_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
        },
    )

    meanings = construct.Meanings(teacher, words)
    senses = [meanings.of(piece) for piece in targets]
    usual, cells = _usual(sources, table, default, of_piece, target_ids, senses)
    found = [set[str]()] * 4 + [construct.features(teacher, *table[piece]) for piece in sources[4:]]
    source, target = construct.embeddings(found, usual, senses, cells, settings.seed)
    construct.build(source, target, settings.seed).save_pretrained(start)
    _write_json(work / "lemmas.json", [lemmas for lemmas, _ in senses])
    sets = [_ids(part, source_ids, target_ids) for part in laid]
    (work / "labels.pkl").write_bytes(pickle.dumps(sets))
    write_manifest(
        work,
        labelled=[
            {"source": name, "sentences": len(part), "pieces": sum(len(s) for s, _ in part)}
            for name, part in zip(("packages", "grammar"), sets, strict=True)
        ],
        vocabulary={"source": len(sources), "target": len(targets)},
        teacher=teacher.tables.sha256,
    )


def _count(laid: Iterable[Laid], kinds: dict[str, str]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    said: Counter[str] = Counter()
    of_piece: dict[str, Counter[str]] = defaultdict(Counter)
    for part in laid:
        for sentence in part:
            for source, target in sentence:
                if kinds.get(source, "copy") != "copy":
                    said[target] += 1
                    of_piece[source][target] += 1
    return said, of_piece


def _targets(strings: Iterable[str], table: dict[str, tuple[str, str]]) -> list[str]:
    copies = (vocabulary.as_target(piece) for piece, (kind, _) in table.items() if kind == "copy")
    signs = [form for sign in (*vocabulary.PUNCTUATION, *"„”–") for form in (sign, pieces.SPACE + sign)]
    return list(dict.fromkeys(piece for piece in (*label.SPECIAL, *strings, *copies, *signs) if piece))


def _usual(
    sources: list[str],
    table: dict[str, tuple[str, str]],
    default: dict[str, str],
    of_piece: dict[str, Counter[str]],
    target_ids: dict[str, int],
    senses: list[tuple[list[str], set[str]]],
) -> tuple[list[int], list[set[str]]]:
    """The target id that each source piece had most often, and the attributes it had then."""
    usual, cells = [*range(4)], [set[str]()] * 4
    for piece in sources[4:]:
        kind, text = table[piece]
        counted = of_piece.get(piece, Counter())
        ids = [(label.find(target, target_ids), times) for target, times in counted.most_common()]
        ids = [(i, times) for i, times in ids if i != label.UNK]
        if ids:
            best = ids[0][0]
        elif kind == "copy":
            best = label.find(vocabulary.as_target(piece) or "<eps>", target_ids)
        else:
            best = label.find(default.get(piece) or label.target_piece(text), target_ids)
        weight: Counter[str] = Counter()
        for i, times in ids:
            if senses[i][0][:1] == senses[best][0][:1]:
                for attribute in senses[i][1]:
                    weight[attribute] += times / len(senses[i][1])
        having = [[a for a in group if a in senses[best][1]] for group in GROUPS]
        usual.append(best)
        cells.append({max(group, key=lambda a: weight[a]) for group in having if group})
    return usual, cells


def _ids(laid: Laid, source_ids: dict[str, int], target_ids: dict[str, int]) -> list[Pair]:
    return [
        (
            [source_ids.get(s, label.UNK) for s, _ in sentence] + [label.EOS],
            [label.find(t, target_ids) for _, t in sentence] + [label.EOS],
        )
        for sentence in laid
    ]


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
