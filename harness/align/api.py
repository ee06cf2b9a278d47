"""Sentence alignment as one call: `harness.align(src, tgt)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from harness import registry
from harness.common.named import named
from harness.errors import ConfigError
from harness.protocols import Aligner, Encoder
from harness.types import Bead


def align(
    src: Sequence[str],
    tgt: Sequence[str],
    aligner: str | Mapping[str, Any] | Aligner = "auto",
    encoder: str | Mapping[str, Any] | Encoder = "use",
    **options: Any,
) -> list[Bead]:
    """Align two texts, given as their sentences in order.

    `aligner` is a name in conf/aligner (`auto`, `comparable`, `vecalign`, `gale-church`), a YAML file, a
    mapping with `kind`, or an aligner that is already built; `encoder` likewise, by a name in conf/encoder
    (`use`, `labse`, `e5-small` …). `options` are the aligner's (`temperature=1.2`), unless it is built.

    Returns monotone beads: every index 0 … len(src)-1 and 0 … len(tgt)-1 is in exactly one of them, those
    without counterpart in a null bead (`bead.is_null`). `bead.confidence` in [0, 1] is the probability that
    exactly this bead is right (None from aligners that cannot tell), `bead.score` the aligner's own
    unit, `bead.flags` of `partial`, `length-outlier`, `low-margin`. Either side may be empty.

    Raises ConfigError for an unknown name or option, UnavailableError for an encoder that cannot be had,
    TypeError for one string in place of sentences.
    """
    for name, side in (("src", src), ("tgt", tgt)):
        if isinstance(side, str):
            raise TypeError(f"{name} must be a sequence of sentences, not one string")
    return build(aligner, encoder, options).align(list(src), list(tgt))


def build(
    aligner: str | Mapping[str, Any] | Aligner,
    encoder: str | Mapping[str, Any] | Encoder = "use",
    options: Mapping[str, Any] | None = None,
) -> Aligner:
    """The aligner of that name or configuration, ready for many documents; every aligner is built here.

    The encoder is built only if the aligner takes one. Raises ConfigError or UnavailableError.
    """
    if not isinstance(aligner, str | Mapping):
        if options:
            raise ConfigError(
                f"options {', '.join(options)} apply to an aligner given by name, not to one already built"
            )
        return aligner
    config = {**named("aligner", aligner), **(options or {})}
    offered = {"encoder": lambda: build_encoder(encoder)}
    return cast(Aligner, registry.build("aligner", config, offered=offered))


def build_encoder(encoder: str | Mapping[str, Any] | Encoder) -> Encoder:
    """The encoder of that name, or `encoder` itself when it was built before."""
    if isinstance(encoder, str | Mapping):
        return cast(Encoder, registry.build("encoder", named("encoder", encoder)))
    return encoder
