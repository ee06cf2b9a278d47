"""Encoder-decoder models through CTranslate2."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.errors import DataError, SegmentError, StageError, first_line
from harness.protocols import Translated
from harness.translate.batching import Pending, batches, pieces
from harness.translate.checkpoints.conversion import generates_pad
from harness.translate.checkpoints.loading import out_of_memory
from harness.types import Translation


class Translator:
    """Translates with a converted encoder-decoder checkpoint, from the tokens of its `codec`.

    `passed` are arguments of CTranslate2; `load` makes the `ctranslate2.Translator` and names its folder.
    """

    def __init__(
        self,
        codec: Any,
        beams: int,
        max_new_tokens: int,
        batch_tokens: int,
        chunk: int,
        too_long: str,
        passed: Mapping[str, Any],
        load: Callable[[], tuple[Any, Path]],
    ) -> None:
        self._codec, self._beams, self._max_new_tokens = codec, beams, max_new_tokens
        self._batch_tokens, self._chunk, self._too_long = batch_tokens, chunk, too_long
        self._passed, self._load = passed, load

    def translate(self, sources: Sequence[str]) -> Translated:
        """Finished batches of these, as `Engine.translate` gives them."""
        ids = self._codec.ids(sources)
        limit, convert = self._codec.source_limit, self._codec.source_tokens
        parts: list[list[list[str]]] = []
        pending = []
        for index, source in enumerate(sources):
            mine = [ids[index]]
            if len(mine[0]) > limit:
                if self._too_long == "error":
                    raise DataError(
                        f"segment {index + 1} has {len(mine[0])} tokens, the model takes {limit};"
                        " shorten it, or engine.too_long=split"
                    )
                mine = self._codec.ids(pieces(source, lambda text: self._codec.lengths([text])[0] <= limit))
            parts.append([convert(row) for row in mine])
            pending.append(Pending(index, (source,), max(map(len, mine))))
        for chunk in batches(pending, self._batch_tokens * 64, self._chunk):
            flat = [tokens for item in chunk for tokens in parts[item.index]]
            outputs = iter(self._run(flat))
            yield [
                self._joined(sources[i.index], i.index, [next(outputs) for _ in parts[i.index]])
                for i in chunk
            ]

    def _joined(
        self, source: str, index: int, outputs: Sequence[tuple[list[str], bool]]
    ) -> tuple[int, Translation]:
        text = " ".join(self._codec.decode([self._codec.target_ids(tokens) for tokens, _ in outputs]))
        ended = all(stopped for _, stopped in outputs)
        count = sum(len(tokens) for tokens, _ in outputs)
        return index, Translation(source, text, "stop" if ended else "length", count)

    def _run(self, batch: list[list[str]]) -> list[tuple[list[str], bool]]:
        """(tokens, ended by itself) for each source."""
        token = self._codec.recipe.target_token
        limit = min(self._max_new_tokens, self._codec.target_limit)
        translator, suppressed = self.loaded
        try:
            results = translator.translate_batch(
                batch,
                target_prefix=[[token]] * len(batch) if token else None,
                beam_size=self._beams,
                max_decoding_length=limit,
                max_input_length=0,
                max_batch_size=self._batch_tokens,
                batch_type="tokens",
                return_end_token=True,
                return_scores=True,
                suppress_sequences=suppressed,
                **self._passed,
            )
        except RuntimeError as error:
            if out_of_memory(error):
                raise SegmentError("out of memory; lower engine.batch_tokens or engine.beams") from error
            raise SegmentError(f"CTranslate2 failed: {first_line(error)}") from error
        check_numbers(results)
        end = self._codec.eos_token
        rows = []
        for result in results:
            tokens = list(result.hypotheses[0])[1 if token else 0 :]
            ended = bool(tokens) and tokens[-1] == end
            rows.append((tokens[:-1] if ended else tokens, ended))
        return rows

    @cached_property
    def loaded(self) -> tuple[Any, list[list[str]] | None]:
        """The model, loaded on first use, and what it may not say."""
        _ = self._codec.target_id  # refuse a vocabulary without the target token before any weight is read
        model, folder = self._load()
        return model, [["<pad>"]] if generates_pad(folder) else None


def check_numbers(results: Sequence[Any]) -> None:
    """StageError where the scores of an output of CTranslate2 became NaN."""
    if any(math.isnan(result.scores[0]) for result in results):
        raise StageError(
            "the model's scores became NaN: its outputs would be noise. Precision is the usual cause:"
            " engine.compute=float32"
        )
