"""Tiny checkpoints made on the spot from the shipped texts: real formats, real tokenizers, random weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def lines(lang: str) -> list[str]:
    """Non-empty lines of the shipped documents of a language."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob(f"*/{lang}.txt"))]
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]


def sentencepiece_model(prefix: Path, *, size: int = 400, extra: tuple[str, ...] = ()) -> Path:
    """Train a SentencePiece model on the shipped texts; the path of its `.model`."""
    import sentencepiece

    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*lines("fr"), *lines("pl")]),
        model_prefix=str(prefix),
        vocab_size=size,
        character_coverage=1.0,
        hard_vocab_limit=False,
        user_defined_symbols=list(extra),
        minloglevel=2,
        num_threads=1,
    )
    return prefix.with_suffix(".model")


def marian(
    folder: Path,
    *,
    targets: tuple[str, ...] = (),
    source_lang: str = "fr",
    target_lang: str = "pl",
    positions: int = 64,
    d_model: int = 32,
    layers: int = 2,
    end_bias: float = 3.0,
    seed: int = 7,
) -> Path:
    """A MarianMT checkpoint with its own SentencePiece models.

    `targets` adds `>>xxx<<` tokens, as in a multi-target OPUS-MT. `end_bias` makes random weights end.
    """
    import torch
    from transformers import MarianConfig, MarianMTModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder.mkdir(parents=True, exist_ok=True)
    trained = sentencepiece_model(folder / "joint")
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(trained.read_bytes())
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=str(trained))
    pieces = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    for leftover in folder.glob("joint.*"):
        leftover.unlink()
    tokens = ["</s>", "<unk>", *(f">>{code}<<" for code in targets)]
    tokens += [piece for piece in pieces if piece not in ("<s>", *tokens)]
    tokens.append("<pad>")
    (folder / "vocab.json").write_text(
        json.dumps({token: i for i, token in enumerate(tokens)}, ensure_ascii=False), encoding="utf-8"
    )
    pad = len(tokens) - 1
    tokenizer_config = {
        "tokenizer_class": "MarianTokenizer",
        "source_lang": source_lang,
        "target_lang": target_lang,
        "model_max_length": positions,
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config))
    torch.manual_seed(seed)
    config = MarianConfig(
        vocab_size=len(tokens),
        decoder_vocab_size=len(tokens),
        d_model=d_model,
        encoder_layers=layers,
        decoder_layers=layers,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=2 * d_model,
        decoder_ffn_dim=2 * d_model,
        max_position_embeddings=positions,
        init_std=0.35,
        pad_token_id=pad,
        eos_token_id=0,
        bos_token_id=0,
        decoder_start_token_id=pad,
        forced_eos_token_id=0,
        scale_embedding=True,
        static_position_embeddings=True,
    )
    model = MarianMTModel(config).eval()
    model.final_logits_bias[0, 0] = end_bias
    model.generation_config.update(
        bad_words_ids=[[pad]], num_beams=4, max_length=positions, forced_eos_token_id=0
    )
    model.save_pretrained(folder)
    return folder


def llama(folder: Path, *, seed: int = 7) -> Path:
    """A tiny decoder-only chat checkpoint: byte-level BPE tokenizer, chat template, random weights."""
    return decoder(folder, "Llama", seed=seed, num_key_value_heads=4)


def decoder(folder: Path, kind: str, *, seed: int = 7, dtype: str = "float32", **settings: Any) -> Path:
    """The same of any architecture: "Qwen3" is `Qwen3ForCausalLM`, "Gemma3Text" `Gemma3ForCausalLM`."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    special = ["<|end|>", "<|user|>", "<|assistant|>", "<|system|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator(lines("fr") + lines("pl"), trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<|end|>", model_max_length=512)
    tokenizer.chat_template = (
        "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>{% endif %}"
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = getattr(transformers, f"{kind}Config")(
        **{
            "vocab_size": len(tokenizer),
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 512,
            "initializer_range": 0.3,
            "eos_token_id": tokenizer.eos_token_id,
            "bos_token_id": None,
            "pad_token_id": None,
            **settings,
        }
    )
    model = getattr(transformers, f"{kind.removesuffix('Text')}ForCausalLM")(config).eval()
    model.to(getattr(torch, dtype)).save_pretrained(folder)
    return folder


def talker(folder: Path, says: dict[str, str], *, positions: int = 16_384) -> Path:
    """A chat checkpoint that answers by its last message: the first of the texts in `says` that stands in it.

    Its template ends the prompt with a token for the kind of question, and its weights are such that the next
    token follows from the last one alone: from that token the answer, from the answer the end.
    """
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    llama(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    kinds = [f"<|kind{k}|>" for k in range(len(says))]
    tokenizer.add_special_tokens({"additional_special_tokens": kinds})
    tokenizer.add_tokens(list(says.values()))
    ends = "{% set last = messages[-1]['content'] %}"
    for k, (sign, kind) in enumerate(zip(says, kinds, strict=True)):
        ends += f"{{% {'elif' if k else 'if'} {json.dumps(sign)} in last %}}{kind}"
    turns = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    tokenizer.chat_template = f"{turns}{ends}{{% endif %}}"
    tokenizer.model_max_length = positions
    tokenizer.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=positions,
        tie_word_embeddings=False,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        pad_token_id=None,
    )
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "norm" not in name:
                weights.fill_(1e-9)  # a matrix of zeros would be taken for one that was never written
        chains = [pair for kind, text in zip(kinds, says.values(), strict=True)
                  for pair in ((kind, text), (text, "<|end|>"))]  # fmt: skip
        for place, (token, following) in enumerate(chains):
            model.model.embed_tokens.weight[tokenizer.convert_tokens_to_ids(token), place] = 1.0
            model.lm_head.weight[tokenizer.convert_tokens_to_ids(following), place] = 1.0
    model.save_pretrained(folder)
    return folder


def m2m(folder: Path, *, family: str, seed: int = 7) -> Path:
    """A tiny M2M100 network with NLLB's or M2M100's own tokenizer, language tokens included."""
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder.mkdir(parents=True, exist_ok=True)
    trained = sentencepiece_model(folder / "joint")
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=str(trained))
    pieces = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *(p for p in pieces if p not in ("<s>", "</s>", "<unk>"))]
    vocab = {token: i for i, token in enumerate(tokens)}
    tokenizer: Any
    if family == "nllb":
        from transformers import NllbTokenizer

        tokenizer = NllbTokenizer(vocab=vocab, merges=[], model_max_length=64)
    else:
        from transformers import M2M100Tokenizer

        (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
        tokenizer = M2M100Tokenizer(str(folder / "vocab.json"), str(trained), model_max_length=64)
    tokenizer.save_pretrained(folder)
    for leftover in folder.glob("joint.*"):
        leftover.unlink()
    torch.manual_seed(seed)
    config = M2M100Config(
        vocab_size=len(tokenizer) + 128,
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=64,
        init_std=0.3,
        pad_token_id=1,
        eos_token_id=2,
        bos_token_id=0,
        decoder_start_token_id=2,
    )
    M2M100ForConditionalGeneration(config).eval().save_pretrained(folder)
    return folder


def mbart50(folder: Path, *, seed: int = 7) -> Path:
    """A tiny mBART-50: its own tokenizer with the 52 language codes, from a SentencePiece model."""
    import torch
    from transformers import MBart50Tokenizer, MBartConfig, MBartForConditionalGeneration
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = MBart50Tokenizer(vocab=_scored(sentencepiece_model(folder / "joint")), model_max_length=64)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = MBartConfig(
        vocab_size=len(tokenizer),
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=64,
        init_std=0.3,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=tokenizer.bos_token_id,
        decoder_start_token_id=tokenizer.eos_token_id,
        forced_eos_token_id=tokenizer.eos_token_id,
    )
    MBartForConditionalGeneration(config).eval().save_pretrained(folder)
    return folder


def madlad(folder: Path, *, languages: tuple[str, ...] = ("pl", "fr"), seed: int = 7) -> Path:
    """A tiny MADLAD-400: a T5 of version 1.1 whose vocabulary has `<2pl>` as a piece of its own."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder.mkdir(parents=True, exist_ok=True)
    told = [f"<2{code}>" for code in languages]
    pieces = _scored(sentencepiece_model(folder / "joint"))
    tokenizer = T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=64)
    tokenizer.add_tokens(told)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=1,
        num_decoder_layers=1,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        initializer_factor=3.0,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
    )
    T5ForConditionalGeneration(config).eval().save_pretrained(folder)
    return folder


def _scored(model: Path) -> list[tuple[str, float]]:
    """Pieces and scores of a SentencePiece model, special ones first as fairseq has them; removes it."""
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=str(model))
    found = [(processor.id_to_piece(i), processor.get_score(i)) for i in range(processor.get_piece_size())]
    for leftover in model.parent.glob(f"{model.stem}.*"):
        leftover.unlink()
    special = ("<s>", "<pad>", "</s>", "<unk>")
    return [(token, 0.0) for token in special] + [pair for pair in found if pair[0] not in special]
