"""Stage 3: the vocabulary, the teacher's labels, and a model whose weights hold the lexicon already."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pickle
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.gloss import engine as gloss
from harness.protocols import Batch

from . import clean, construct, label, pieces, vocabulary
from .collect import write_manifest
from .news import NewsGrammar
from .settings import Settings
from .teacher import Teacher
from .teachers import load
from .train import Pair

HERE = Path(__file__).resolve().parent
Laid = list[list[tuple[str, str]]]


@lru_cache(maxsize=500_000)
def zipf(word: str, lang: str) -> float:
    """Zipf frequency (0 to 8); phrases rank last."""
    from wordfreq import zipf_frequency

    return float(zipf_frequency(word, lang)) if " " not in word else 0.5


def most_frequent(lang: str, count: int = 300_000) -> list[str]:
    """The most frequent words of a language, in lower case."""
    from wordfreq import top_n_list

    return list(top_n_list(lang, count))


def run(settings: Settings, work: Path) -> None:
    """Write work/start (checkpoint and tokenizer), work/labels.pkl and work/lemmas.json.

    Labelling is most of the time; its result is kept in work/laid.pkl for as long as nothing that it
    depends on changes.
    """
    teacher = load(settings.src, settings.tgt)
    known = _choose(settings, teacher)
    table, start = known.table, work / "start"
    sources = [*label.SPECIAL, *table]
    start.mkdir(parents=True, exist_ok=True)
    controls = [label.SPECIAL[label.EOS], *label.SPECIAL[label.PAD :]]
    scored = [(piece, vocabulary.score(piece, kind)) for piece, (kind, _) in table.items()]
    rules = pieces.source_rules(settings.src, settings.slots)
    pieces.build(start / "source.spm", scored, controls, rules, source=True)
    labeller = label.Labeller(
        start / "source.spm", {piece: kind for piece, (kind, _) in table.items()}, teacher
    )
    laid = _label(settings, work, teacher, known, labeller)

    said, of_piece = _count(laid, labeller.kinds)
    default = _defaults(table, teacher)
    lowered = {word for word in known.words if word == word.lower()}
    for piece, target in default.items():
        common = piece[:1] != pieces.MARK or table[piece][1].lower() in lowered
        said[label.lower(target) if common else target] += 2
    strings = vocabulary.target_strings(
        teacher, known.words, said, lambda word: zipf(word, settings.tgt), settings.sizes.targets
    )
    targets = _targets(strings, table)
    target_ids = {piece: i for i, piece in enumerate(targets)}
    scored = [(piece, -1.0) for piece in targets[len(label.SPECIAL) :]]
    pieces.build(start / "target.spm", scored, controls, pieces.target_rules(settings.tgt), source=False)
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

    meanings = construct.Meanings(teacher, known.words)
    senses = [meanings.of(piece) for piece in targets]
    usual, cells = _usual(sources, table, default, of_piece, target_ids, senses, teacher)
    found = [set[str]()] * 4 + [construct.features(teacher, *table[piece]) for piece in sources[4:]]
    source, target = construct.embeddings(found, usual, senses, cells, teacher.groups, settings.seed)
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
        teacher=teacher.identity,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What the model shall know: words, the table of source pieces, and words it does not know."""

    words: list[str]
    table: dict[str, tuple[str, str]]
    unknown: list[str]


def _choose(settings: Settings, teacher: Teacher) -> _Known:
    def frequency(word: str) -> float:
        return zipf(word, settings.src)

    sizes = settings.sizes
    frequent = [word for word in most_frequent(settings.src) if word.replace("-", "").isalpha()]
    heads = teacher.headwords()
    names = [head for head in heads if head[:1].isupper() and " " not in head and len(head) > 1]
    words = vocabulary.rank_words(teacher, frequent, names, frequency, sizes.words)
    phrases = vocabulary.rank_phrases(teacher, heads, frequency, sizes.phrases)
    known = set(words)
    unknown = [w for w in frequent if "-" not in w and w not in known and w.capitalize() not in known]
    unknown = [word.capitalize() if i % 3 else word for i, word in enumerate(unknown[:60_000])]
    copies = vocabulary.copy_pieces(unknown, sizes.copies)
    table = vocabulary.source_pieces(words, phrases, copies, frequency, sizes.capitals, settings.slots)
    return _Known(words, table, unknown)


def _label(
    settings: Settings, work: Path, teacher: Teacher, known: _Known, labeller: label.Labeller
) -> list[Laid]:
    """Labelled sentences of the packages and of the grammar."""
    real = clean.read(work)
    random.Random(settings.seed).shuffle(real)
    parts = [real[: settings.real], _grammar(settings, teacher, known)]
    key = hashlib.sha256(repr((parts, known.table, teacher.identity, _rules())).encode()).hexdigest()
    kept = work / "laid.pkl"
    if kept.exists():
        found, laid = pickle.loads(kept.read_bytes())
        if found == key:
            return list(laid)
    laid = [labeller.lay_all(part, settings.longest) for part in parts]
    kept.write_bytes(pickle.dumps((key, laid)))
    return laid


def _rules() -> list[str]:
    """Digests of the code that labels: it can change while the version of the engine does not."""
    own = ("label", "pieces", "teacher", "french_polish", "polish_french")
    files = [HERE / f"{name}.py" for name in own] + sorted(Path(gloss.__file__).parent.glob("*.py"))
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


def _grammar(settings: Settings, teacher: Teacher, known: _Known) -> list[str]:
    """Sentences of the French grammar; for another source language, as the gloss translates them."""
    if settings.src == "fr":
        names = [word for word in known.unknown if word[0].isupper()]
        grammar = NewsGrammar(
            teacher, known.words, lambda word: zipf(word, settings.src), names, settings.seed
        )
        return list(grammar.sentences(settings.synthetic))
    french = dataclasses.replace(settings, src="fr", tgt=settings.src, slots=False)
    back = load(french.src, french.tgt)
    lines = _grammar(french, back, _choose(french, back))
    engine = gloss.Gloss({}, french.src, french.tgt)
    return [translation.hypothesis for batch in engine.translate(Batch(lines)) for _, translation in batch]


def _defaults(table: dict[str, tuple[str, str]], teacher: Teacher) -> dict[str, str]:
    """What the teacher says of a piece that stands alone."""
    found = {}
    for piece, (kind, text) in table.items():
        if kind in ("word", "phrase"):
            slot = piece.startswith(pieces.MARK)  # what stands before it has its own place
            texts = [part for s in teacher.say(text) for part in ("" if slot else s.before, s.target) if part]
            found[piece] = label.target_piece(" ".join(texts), teacher.tgt)
    return found


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
    signs = [form for sign in (*vocabulary.PUNCTUATION, *"„”–«»") for form in (sign, pieces.SPACE + sign)]
    return list(dict.fromkeys(piece for piece in (*label.SPECIAL, *strings, *copies, *signs) if piece))


def _usual(
    sources: list[str],
    table: dict[str, tuple[str, str]],
    default: dict[str, str],
    of_piece: dict[str, Counter[str]],
    target_ids: dict[str, int],
    senses: list[tuple[list[str], set[str]]],
    teacher: Teacher,
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
        elif kind in ("copy", "slot"):
            best = label.find(vocabulary.as_target(piece) or "<eps>", target_ids)
        else:
            best = label.find(default.get(piece) or label.target_piece(text, teacher.tgt), target_ids)
        weight: Counter[str] = Counter()
        for i, times in ids:
            if senses[i][0][:1] == senses[best][0][:1]:
                for attribute in senses[i][1]:
                    weight[attribute] += times / len(senses[i][1])
        having = [[a for a in group if a in senses[best][1]] for group in teacher.groups]
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
