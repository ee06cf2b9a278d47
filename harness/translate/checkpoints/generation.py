"""The generation settings that a checkpoint brings along, and which options replace them.

What a checkpoint sets stays in force until an option says otherwise: its authors tuned it so. Modes of
decoding that no option names (contrastive, diverse, assisted …) are turned off: `beams=1` without `sample`
is greedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.common.json_text import json_value

NEUTRAL: Mapping[str, Any] = {
    "repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
    "min_length": 0,
    "min_new_tokens": None,
    "length_penalty": 1.0,
    "early_stopping": False,
    "encoder_repetition_penalty": 1.0,
    "encoder_no_repeat_ngram_size": 0,
    "exponential_decay_length_penalty": None,
    "suppress_tokens": None,
    "begin_suppress_tokens": None,
    "sequence_bias": None,
    "stop_strings": None,
}
"""Settings of a checkpoint that change its outputs, with the value that changes nothing."""

_OF_BEAMS = ("length_penalty", "early_stopping")
_OF_SAMPLING: Mapping[str, Any] = {
    "min_p": None,
    "typical_p": 1.0,
    "epsilon_cutoff": 0.0,
    "eta_cutoff": 0.0,
}

MODES: Mapping[str, Any] = {
    "num_beam_groups": None,
    "diversity_penalty": None,
    "penalty_alpha": None,
    "dola_layers": None,
    "constraints": None,
    "force_words_ids": None,
    "guidance_scale": None,
    "watermarking_config": None,
    "prompt_lookup_num_tokens": None,
    "num_return_sequences": 1,
    "return_dict_in_generate": False,
    "max_time": None,
}
"""What makes another algorithm, or another form of answer, of `generate`: always as here."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """The options that replace a checkpoint's setting; None: the checkpoint's stands."""

    repetition_penalty: float | None = None
    no_repeat_ngram_size: int | None = None
    min_length: int | None = None
    length_penalty: float | None = None

    @property
    def given(self) -> dict[str, Any]:
        """Those that are set."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}

    @property
    def settings(self) -> dict[str, Any]:
        """Those that are set, as `generate` names them: an output's own tokens count, no start token."""
        given = self.given
        if "min_length" in given:
            given |= {"min_length": 0, "min_new_tokens": given["min_length"] or None}
        return given


CHECKPOINTS_OWN = Replaced()
"""Nothing is replaced."""


def brought(folder: Path, beams: int, sample: bool) -> dict[str, Any]:
    """What the checkpoint in `folder` sets that changes outputs with this decoding.

    From generation_config.json, in checkpoints older than that file from config.json. Unreadable files count
    as empty: loading the model says what is wrong with them.
    """
    found = next((r for name in ("generation_config.json", "config.json") if (r := _read(folder / name))), {})
    known = {**NEUTRAL, **(_OF_SAMPLING if sample else {})}
    return {
        name: found[name]
        for name, neutral in known.items()
        if found.get(name) not in (None, neutral, []) and (beams > 1 or name not in _OF_BEAMS)
    }


def stop_strings(folder: Path) -> tuple[str, ...]:
    """The texts at which the checkpoint's own settings end an output."""
    found = brought(folder, 1, False).get("stop_strings") or ()
    return (found,) if isinstance(found, str) else tuple(map(str, found))


def in_force(folder: Path, beams: int, sample: bool, replaced: Replaced) -> dict[str, Any]:
    """Every setting that changes outputs: the checkpoint's, with ours in place of them."""
    settings = brought(folder, beams, sample) | replaced.given
    if replaced.min_length is not None:
        settings.pop("min_new_tokens", None)
    return {name: value for name, value in settings.items() if value != NEUTRAL.get(name)}


def described(settings: Mapping[str, Any], replaced: Replaced) -> dict[str, Any]:
    """For people: each setting, those of the checkpoint with the remark that they are its own."""
    given = replaced.given
    return {
        name: value if name in given else f"{value} (the checkpoint's)" for name, value in settings.items()
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json_value(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
