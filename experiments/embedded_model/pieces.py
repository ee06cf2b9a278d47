"""SentencePiece models made by hand: whole words as pieces, letters and syllables to copy the rest.

The source normaliser marks where a word begins (MARK) and SentencePiece marks where it ends (▁), so a
word piece like "⁞port▁" matches the word "port" and never a part of "portier". The first word of a
sentence has no MARK. Target pieces follow the usual convention (▁ begins a word).

With slots, every word but the first of a sentence also has a piece of its own before it (SLOT): a place
for what the target language says there and the source does not, such as an article.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.gloss.french_forms import join_elided

MARK = "\u205e"
SLOT = "\u205d"
SPACE = "\u2581"
CLOSING = ".,;:!?…)]}»”%°"
OPENING = "([{«“„"
JOINED = {"pl": CLOSING, "fr": ".,…)]}°"}  # signs that close up to the word before, by target language
QUOTES = {"pl": {"«": "„", "»": "”", "“": "„"}, "fr": {"„": "«", "”": "»"}}
_PRONOUNS = (
    "il",
    "ils",
    "elle",
    "elles",
    "on",
    "je",
    "tu",
    "nous",
    "vous",
    "ce",
    "le",
    "la",
    "les",
    "lui",
    "moi",
)
ENCLITICS = tuple(f"{hyphen}{word}" for word in _PRONOUNS for hyphen in ("-", "-t-"))
TITLES = ("M.", "MM.", "Dr.")
_SPACES = (" ", "\u00a0", "\u202f", "\u2009")


def source_rules(lang: str, slots: bool) -> list[tuple[str, str]]:
    """Rewriting rules of the source: longest match first, applied once from left to right."""
    word = f"{SLOT}{MARK}" if slots else MARK
    rules: dict[str, str] = dict.fromkeys(_SPACES, f" {word}")
    for one in _SPACES:
        for two in _SPACES:
            rules[one + two] = f" {word}"
    for sign in CLOSING:
        rules[sign] = f" {MARK}{sign}"
        for space in _SPACES:
            rules[space + sign] = f" {MARK}{sign}"
    for sign in OPENING:
        rules[sign] = f"{sign} {word}"
        for space in _SPACES:
            rules[sign + space] = f"{sign} {word}"
            rules[space + sign] = f" {MARK}{sign} {word}"
            rules[space + sign + space] = f" {MARK}{sign} {word}"
    for quote in ("'", "’", "ʼ") if lang == "fr" else ():  # elision
        rules[quote] = f"' {word}"
        for space in _SPACES:
            rules[quote + space] = f"' {word}"
        for sign in OPENING:
            rules[quote + sign] = f"' {MARK}{sign} {word}"
    for clitic in ENCLITICS if lang == "fr" else ():  # a-t-il, dit-on
        for end in (*_SPACES, *CLOSING, *(space + sign for space in _SPACES for sign in CLOSING)):
            rules[clitic + end] = f" {MARK}{clitic}{rules[end]}"
    for title in TITLES if lang == "fr" else ():
        for space in _SPACES:
            rules[title + space] = f"{title} {word}"
    for dash in ("–", "—"):
        for space in _SPACES:
            rules[f"{space}{dash}{space}"] = f" {MARK}– {word}"
    return sorted(rules.items())


def target_rules(lang: str) -> list[tuple[str, str]]:
    """Rewriting of decoded text: no space inside brackets and quotes; French elides and contracts."""
    if lang == "fr":
        return sorted({**_elisions(), **{f"{sign} ": sign for sign in "([{"}}.items())
    return [(f"{sign} ", sign) for sign in OPENING]


def _elisions() -> dict[str, str]:
    """What `gloss_french_forms.join_elided` does, for every beginning of the word after."""
    letters = "abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüœ"
    heads = [" le", " la", " de", " ne", " se", " je", " me", " te", " que", " ce", " si", " dans"]
    heads += [
        f" {before} {article}" for before in ("de", "à", "dans", "que") for article in ("le", "la", "les")
    ]
    heads += [head[1:2].upper() + head[2:] for head in heads]
    heads += [", que", ", que le", ", que la", ", que les"]
    begin = [*letters, *letters.upper(), " ", "est", "était", "ils", "il", "a"]
    begin += ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre"]
    begin += ["novembre", "décembre", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
    found = {", que ": " que "}
    for head in heads:
        for start in begin:
            joined = join_elided(f"{head} {start}")
            if joined != f"{head} {start}":
                found[f"{head} {start}"] = joined
    return found


def _rule_file(path: Path, rules: Sequence[tuple[str, str]]) -> None:
    def code(text: str) -> str:
        return " ".join(f"{ord(letter):X}" for letter in text)

    path.write_text("".join(f"{code(a)}\t{code(b)}\n" for a, b in rules), "utf-8")


def build(
    path: Path,
    scored: Iterable[tuple[str, float]],
    controls: Sequence[str],
    rules: Sequence[tuple[str, str]],
    source: bool,
) -> None:
    """Write a SentencePiece unigram model with these pieces; `controls` decode to nothing.

    `rules` rewrite the text before it is cut (source) or after it is put together (target).
    """
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as proto

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.tsv"
        _rule_file(file, rules)
        text = Path(folder) / "text.txt"
        text.write_text("ab cd ef gh ij kl mn op\n" * 20, "utf-8")
        option = {"normalization_rule_tsv" if source else "denormalization_rule_tsv": str(file)}
        sentencepiece.SentencePieceTrainer.train(
            input=str(text),
            model_prefix=f"{folder}/m",
            vocab_size=25,
            model_type="unigram",
            hard_vocab_limit=False,
            treat_whitespace_as_suffix=source,
            character_coverage=1.0,
            minloglevel=2,
            bos_id=-1,
            eos_id=-1,
            unk_id=0,
            **({} if source else {"normalization_rule_name": "identity"}),
            **option,
        )
        model = proto.ModelProto()
        model.ParseFromString(Path(f"{folder}/m.model").read_bytes())
    del model.pieces[:]
    kinds = proto.ModelProto.SentencePiece

    def add(piece: str, score: float, kind: int) -> None:
        item = model.pieces.add()
        item.piece, item.score, item.type = piece, score, kind

    add("<unk>", 0.0, kinds.UNKNOWN)
    for control in controls:
        add(control, 0.0, kinds.CONTROL)
    for piece, score in scored:
        add(piece, score, kinds.NORMAL)
    model.trainer_spec.vocab_size = len(model.pieces)
    model.trainer_spec.input[:] = []
    model.trainer_spec.model_prefix = ""
    for spec in (model.normalizer_spec, model.denormalizer_spec):
        spec.normalization_rule_tsv = ""  # the path of a temporary file: other bytes each time
    model.normalizer_spec.name = "marked" if source else "identity"
    path.write_bytes(model.SerializeToString(deterministic=True))
