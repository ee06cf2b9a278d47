"""A checkpoint of OPUS-MT's exact shape with random weights, and outputs as long as their sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VOCABULARY = 58_101  # of Helsinki-NLP/opus-mt-fr-pl and most of its kind


def build(folder: Path, texts: Sequence[str]) -> Path:
    """d_model 512, 6 + 6 layers, 8 heads, 2,048 inner, 58,101 tokens (SentencePiece uses the first)."""
    import sentencepiece
    import torch
    from transformers import MarianConfig, MarianMTModel

    folder.mkdir(parents=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_prefix=str(folder / "joint"),
        vocab_size=8000,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    trained = (folder / "joint.model").read_bytes()
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(trained)
    processor = sentencepiece.SentencePieceProcessor(model_proto=trained)
    pieces = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    tokens = ["</s>", "<unk>", *(piece for piece in pieces if piece not in ("<s>", "</s>", "<unk>"))]
    tokens += [f"unused{i}" for i in range(VOCABULARY - 1 - len(tokens))] + ["<pad>"]
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}))
    tokenizer = {"tokenizer_class": "MarianTokenizer", "source_lang": "fr", "target_lang": "pl"}
    special = {"model_max_length": 512, "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer | special))
    torch.manual_seed(0)
    pad = VOCABULARY - 1
    config = MarianConfig(
        vocab_size=VOCABULARY,
        decoder_vocab_size=VOCABULARY,
        d_model=512,
        encoder_layers=6,
        decoder_layers=6,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=2048,
        decoder_ffn_dim=2048,
        max_position_embeddings=512,
        pad_token_id=pad,
        eos_token_id=0,
        decoder_start_token_id=pad,
        forced_eos_token_id=0,
        scale_embedding=True,
        static_position_embeddings=True,
        activation_function="swish",
    )
    model = MarianMTModel(config)
    model.generation_config.update(bad_words_ids=[[pad]], num_beams=4, max_length=512, forced_eos_token_id=0)
    model.save_pretrained(folder)
    return folder


def force_lengths(model: Any) -> None:
    """Make `model.generate` end every row exactly when it is as long as its source, whatever the batch."""
    import torch
    from transformers import LogitsProcessor, LogitsProcessorList

    class Lengths(LogitsProcessor):
        def __init__(self, lengths: Any, beams: int) -> None:
            self._lengths = lengths.repeat_interleave(beams)

        def __call__(self, input_ids: Any, scores: Any) -> Any:
            over = (input_ids.shape[1] >= self._lengths).to(scores.device)
            scores[:, 0] = torch.where(over, 0.0, -float("inf"))
            scores[over, 1:] = -float("inf")
            return scores

    generate = model.generate

    def forced(**arguments: Any) -> Any:
        config = arguments.get("generation_config")
        beams = config.num_beams if config is not None else arguments["num_beams"]
        lengths = arguments["attention_mask"].sum(dim=1)
        processors = [*(arguments.pop("logits_processor", None) or []), Lengths(lengths, beams)]
        return generate(**arguments, logits_processor=LogitsProcessorList(processors))

    model.generate = forced


class ForcedTranslator:
    """The same for CTranslate2, which knows one length a call: lengths rounded up to eights, a call for each.

    It therefore generates more tokens than the others, to its own disadvantage.
    """

    def __init__(self, translator: Any) -> None:
        self._translator = translator

    def translate_batch(self, batch: Sequence[Sequence[str]], **arguments: Any) -> list[Any]:
        results: list[Any] = [None] * len(batch)
        rounded = [-(-len(source) // 8) * 8 for source in batch]
        for length in sorted(set(rounded)):
            chosen = [i for i, other in enumerate(rounded) if other == length]
            forced = {"min_decoding_length": length - 1, "max_decoding_length": length - 1}
            found = self._translator.translate_batch([batch[i] for i in chosen], **(arguments | forced))
            for i, result in zip(chosen, found, strict=True):
                results[i] = result
        return results
