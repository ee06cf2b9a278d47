"""SentencePiece models made by hand: whole words as pieces, letters and syllables to copy the rest.

The source normaliser marks where a word begins (MARK) and SentencePiece marks where it ends (▁), so a
word piece like "⁞port▁" matches the word "port" and never a part of "portier". The first word of a
sentence has no MARK. Target pieces follow the usual convention (▁ begins a word).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

MARK = "\u205e"
SPACE = "\u2581"
CLOSING = ".,;:!?…)]}»”%°"
OPENING = "([{«“„"
_SPACES = (" ", "\u00a0", "\u202f", "\u2009")


def source_rules() -> list[tuple[str, str]]:
    """Rewriting rules of the source: longest match first, applied once from left to right."""
    rules: dict[str, str] = dict.fromkeys(_SPACES, f" {MARK}")
    for one in _SPACES:
        for two in _SPACES:
            rules[one + two] = f" {MARK}"
    for sign in CLOSING:
        rules[sign] = f" {MARK}{sign}"
        for space in _SPACES:
            rules[space + sign] = f" {MARK}{sign}"
    for sign in OPENING:
        rules[sign] = f"{sign} {MARK}"
        for space in _SPACES:
            rules[sign + space] = f"{sign} {MARK}"
            rules[space + sign] = f" {MARK}{sign} {MARK}"
            rules[space + sign + space] = f" {MARK}{sign} {MARK}"
    for quote in ("'", "’", "ʼ"):
        rules[quote] = f"' {MARK}"
        for space in _SPACES:
            rules[quote + space] = f"' {MARK}"
        for sign in OPENING:
            rules[quote + sign] = f"' {MARK}{sign} {MARK}"
    for dash in ("–", "—"):
        for space in _SPACES:
            rules[f"{space}{dash}{space}"] = f" {MARK}– {MARK}"
    return sorted(rules.items())


def target_rules() -> list[tuple[str, str]]:
    """Rewriting of decoded text: no space inside brackets and quotes."""
    return [(f"{sign} ", sign) for sign in OPENING]


def _rule_file(path: Path, rules: Sequence[tuple[str, str]]) -> None:
    def code(text: str) -> str:
        return " ".join(f"{ord(letter):X}" for letter in text)

    path.write_text("".join(f"{code(a)}\t{code(b)}\n" for a, b in rules), "utf-8")


def build(path: Path, scored: Iterable[tuple[str, float]], controls: Sequence[str], source: bool) -> None:
    """Write a SentencePiece unigram model with these pieces; `controls` decode to nothing."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as proto

    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.tsv"
        _rule_file(rules, source_rules() if source else target_rules())
        text = Path(folder) / "text.txt"
        text.write_text("ab cd ef gh ij kl mn op\n" * 20, "utf-8")
        option = {"normalization_rule_tsv" if source else "denormalization_rule_tsv": str(rules)}
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
    model.normalizer_spec.name = "marked" if source else "identity"
    path.write_bytes(model.SerializeToString(deterministic=True))
