"""Texts made for the tests of the scores: seeded, with damage, empty strings left to the test."""

from __future__ import annotations

import random
from pathlib import Path

TEXT = "le président a dit que la coopération entre les deux pays , se développe ( bien ) . Toka?ev 2021 5G"
WORDS = TEXT.split()


def corpus(n: int, seed: int = 7, most_references: int = 1) -> tuple[list[str], list[str], list[list[str]]]:
    """Sources, hypotheses and 1 to `most_references` references of n segments."""
    draw = random.Random(seed)
    references = [
        [
            " ".join(draw.choices(WORDS, k=draw.randint(1, 25)))
            for _ in range(draw.randint(1, most_references))
        ]
        for _ in range(n)
    ]
    return ["src"] * n, hypotheses(references, seed, 0.2), references


def hypotheses(references: list[list[str]], seed: int, loss: float) -> list[str]:
    """A system output: the first reference with the share `loss` of its words gone, sometimes a tail."""
    draw = random.Random(seed)
    return [
        " ".join(w for w in found[0].split() if draw.random() > loss) + draw.choice(["", " oui", ". Fin."])
        for found in references
    ]


def streams(references: list[list[str]]) -> list[list[str | None]]:
    """References as sacreBLEU wants them: one stream a reference, None where there is none."""
    most = max(len(found) for found in references)
    return [[found[k] if k < len(found) else None for found in references] for k in range(most)]


def pieces(folder: Path, texts: list[str], size: int = 60) -> None:
    """SentencePiece models under the names that sacreBLEU's `flores200` and `flores101` look for."""
    import sentencepiece

    folder.mkdir(parents=True)
    for name in ("flores200sacrebleuspm", "sacrebleu_tokenizer_spm.model"):
        with (folder / name).open("wb") as stream:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(texts),
                model_writer=stream,
                vocab_size=size,
                hard_vocab_limit=False,
                minloglevel=2,
            )
