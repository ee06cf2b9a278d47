"""Whether a checkpoint is complete: whole files, no layer at its random start, no weight that is not finite.

`from_pretrained` fills what a file lacks at random and only logs it; the output of such a model looks like a
poor translation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.translate.checkpoints.precision import extent, stored_names

# Tables that an architecture computes itself, which older versions of the library also stored.
_COMPUTED = re.compile(
    r"(^|\.)(embed_positions\.weights?|position_ids|inv_freq|version|masked_bias|attn\.bias)$"
)
# Parts for other inputs or for training, which a model that only reads text does without.
_OTHER_PARTS = re.compile(
    r"(^|\.)(vision_tower|visual|vision_model|multi_modal_projector|audio_tower|embed_vision|embed_audio|mtp)\."
)
_BIAS = "final_logits_bias"
"""Of every Marian checkpoint a part of what was trained, yet the library does not miss it."""
_SHOWN = 3  # names in a message
_POINTER = b"version https://git-lfs"
_PIECES = 0.5  # of a SentencePiece model, in the vocabulary; one that fits has all but rare ones
_SHARE, _RESERVED = 0.9, 256  # of an embedding's rows; rows that may be padding or reserved in a small one


def check_files(folder: Path) -> None:
    """Refuse a Git LFS pointer, weights that are empty or cut, and an adapter; DataError names the file."""
    check_adapter(folder)
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        with path.open("rb") as file:
            if file.read(len(_POINTER)) == _POINTER:
                raise DataError(
                    f"{path}: a Git LFS pointer instead of the file; get the file itself: git lfs pull"
                )
        if not path.match("model*.safetensors") and not path.match("pytorch_model*.bin"):
            continue
        size = path.stat().st_size
        if not size:
            raise DataError(f"{path}: the file is empty; download it again")
        whole = extent(path) if path.suffix == ".safetensors" else size
        if whole is None:
            raise DataError(f"{path}: no readable safetensors header; the file is damaged, download it again")
        if size < whole:
            raise DataError(f"{path}: the file is cut ({size:,} of {whole:,} bytes); download it again")


def check_adapter(folder: Path) -> None:
    """Refuse the folder of an adapter: alone it is no model, and beside its base it might not be applied."""
    if (folder / "adapter_config.json").is_file():
        raise DataError(
            f"{folder}: holds an adapter (adapter_config.json), which is not applied to its base here; merge"
            " the two (merge_and_unload of peft) and save the result"
        )


def check_vocabulary(path: Any, model: Any, tokenizer: Any) -> None:
    """Refuse a tokenizer that knows much fewer tokens than the model's embedding has rows, or many more.

    Rows that are padding (to a multiple of 64 or 128) or reserved are no fault, nor a few tokens that only
    other inputs use. Of Marian also a SentencePiece model whose pieces the vocabulary mostly lacks: it is
    another model's, and its texts would be unknown words.
    """
    tables = [("", len(tokenizer), model.get_input_embeddings())]
    if getattr(tokenizer, "separate_vocabs", False):
        tables = [
            ("source ", len(tokenizer.encoder), model.get_input_embeddings()),
            ("target ", len(tokenizer.target_encoder), model.get_output_embeddings()),
        ]
    for which, known, table in tables:
        rows = len(table.weight) if table is not None else 0
        if (known < _SHARE * rows and rows - known > _RESERVED) or (rows and known - rows > _RESERVED):
            raise DataError(
                f"{path}: the tokenizer has {known:,} tokens in its {which}vocabulary, the model {rows:,}"
                " rows: a tokenizer file is cut, or another model's; outputs would be poor. Download it again"
            )
    if (spm := getattr(tokenizer, "spm_source", None)) is not None and hasattr(tokenizer, "encoder"):
        pieces = [spm.id_to_piece(i) for i in range(spm.get_piece_size())]
        share = sum(piece in tokenizer.encoder for piece in pieces) / max(1, len(pieces))
        if share < _PIECES:
            raise DataError(
                f"{path}: vocab.json has {share:.0%} of the pieces of source.spm: one of the two is another"
                " model's; outputs would be poor. Download them again"
            )


def check_whole(path: Any, model: Any, report: Mapping[str, Collection[Any]]) -> None:
    """Refuse a loaded `model` whose weights are not exactly those of its architecture, not finite or blank.

    `report` is what `from_pretrained(…, output_loading_info=True)` returns. Weights that are tied to others
    and tables that the architecture computes are not in it; parts for other inputs (images, sound) may be
    left over. Raises DataError naming the weights.
    """
    missing = sorted(report.get("missing_keys") or ())
    if model.config.model_type == "marian" and (names := stored_names(Path(path))) and _BIAS not in names:
        missing.append(_BIAS)
    mismatched = sorted(str(key[0]) for key in report.get("mismatched_keys") or ())
    left_over = sorted(
        name
        for name in report.get("unexpected_keys") or ()
        if not _COMPUTED.search(name) and not _OTHER_PARTS.search(name)
    )
    problems = [
        f"{what}: {_listed(names)}"
        for what, names in (
            ("missing weights", missing),
            ("weights of another shape", mismatched),
            ("weights that do not belong to this architecture", left_over),
        )
        if names
    ]
    if problems:
        raise DataError(
            f"{path}: the checkpoint is incomplete ({'; '.join(problems)}); it would translate with random"
            " layers. Download it again, or correct its config.json"
        )
    if broken := not_finite(model):
        raise DataError(
            f"{path}: the checkpoint is damaged (NaN or infinity, or nothing but zeros, in"
            f" {_listed(broken)}); download it again"
        )


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def not_finite(model: Any) -> list[str]:
    """Names of the weights that hold NaN or infinity, or of a matrix nothing but zeros.

    Of a bias of scores -inf is no fault: never this token.
    """
    import torch

    broken = []
    for name, weight in model.state_dict().items():
        if not weight.is_floating_point() or weight.is_meta:  # it waits on the disk until it is used
            continue
        good = torch.isfinite(weight)
        if name.endswith(_BIAS):
            good |= torch.isneginf(weight)
        blank = weight.ndim > 1 and name.endswith(".weight") and not bool(weight.any())
        if blank or not bool(good.all()):
            broken.append(name)
    return broken
