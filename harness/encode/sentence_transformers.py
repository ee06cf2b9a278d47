"""Any sentence-transformers model as encoder (LaBSE, multilingual E5, …), from hub, cache or folder."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.common.limits import Count
from harness.errors import ConfigError, UnavailableError, message_of, missing_package
from harness.protocols import Context, Encoder, Matrix

# Copies of the weights for other runtimes.
_UNUSED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "rust_model*"]


class SentenceTransformers(Encoder):
    """Encodes with `sentence_transformers.SentenceTransformer`; rows are of unit length.

    `id` is a hub name or a folder; `prefix` is put before every text (E5 wants `"query: "`); `device`
    None means a GPU where there is one. Weights load at the first call of `encode`.
    """

    def __init__(
        self,
        id: str,
        name: str | None = None,
        revision: str | None = None,
        prefix: str = "",
        batch_size: Count = 64,
        device: str | None = None,
    ) -> None:
        if importlib.util.find_spec("sentence_transformers") is None:
            raise missing_package(f"encoder '{name or id}'", "sentence-transformers", "encoders")
        self.id, self.name, self.revision = id, name or id, revision
        self.prefix, self.batch_size, self.device = prefix, batch_size, device
        self._folder: Path | None = None
        self._model: Any = None

    @classmethod
    def demands(cls, options: Mapping[str, Any], context: Context) -> list[str]:
        name = str(options.get("id"))
        return [] if Path(name).expanduser().is_dir() else [f"may download {name} from the hub"]

    @property
    def identity(self) -> dict[str, Any]:
        """Name, hub id, resolved commit and prefix. Raises UnavailableError when out of reach."""
        folder = self._locate()
        commit = None if Path(self.id).is_dir() else folder.name
        return {"name": self.name, "id": self.id, "revision": commit, "prefix": self.prefix}

    @property
    def computes_on(self) -> dict[str, Any]:
        """Device and size of batches."""
        from sentence_transformers.util import get_device_name

        return {"device": self.device or get_device_name(), "batch_size": self.batch_size}

    def encode(self, texts: Sequence[str]) -> Matrix:
        """`(len(texts), d)` float32 rows of unit length; the zero row for a text of white space only."""
        model = self._load()
        filled = [i for i, text in enumerate(texts) if text.strip()]
        width = int(model.get_embedding_dimension())
        vectors: Matrix = np.zeros((len(texts), width), dtype=np.float32)
        if filled:
            vectors[filled] = model.encode(
                [self.prefix + texts[i] for i in filled],
                batch_size=self.batch_size,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return vectors

    def _locate(self) -> Path:
        """The model's folder: as given, from the hub's cache, or downloaded."""
        if self._folder is None:
            given = Path(self.id).expanduser()
            self._folder = given if given.is_dir() else self._from_hub()
        return self._folder

    def _from_hub(self) -> Path:
        from huggingface_hub import HfApi, constants, errors, snapshot_download

        try:
            return Path(snapshot_download(self.id, revision=self.revision, local_files_only=True))
        except errors.LocalEntryNotFoundError:
            pass  # not in the cache: ask the hub
        except errors.HFValidationError:
            raise ConfigError(
                f"encoder '{self.name}': '{self.id}' is neither a folder nor a hub name"
            ) from None
        try:
            HfApi().model_info(self.id, revision=self.revision, timeout=10)
            found = snapshot_download(self.id, revision=self.revision, ignore_patterns=_UNUSED)
        except (OSError, ValueError, errors.HTTPError) as error:  # type: ignore[attr-defined]
            reason = message_of(error)[:120] or type(error).__name__
            raise UnavailableError(
                f"encoder '{self.name}': {self.id} is not in {constants.HF_HUB_CACHE} and the hub cannot be"
                f" reached ({reason}). On a connected machine: hf download {self.id} --local-dir DIR, then"
                f" give the folder as encoder id; encoder=use needs no hub"
            ) from error
        return Path(found)

    def _load(self) -> Any:
        if self._model is None:
            from sentence_transformers import SentenceTransformer

            folder = self._locate()
            try:
                self._model = SentenceTransformer(str(folder), device=self.device, local_files_only=True)
            except (OSError, ValueError) as error:
                reason = message_of(error)
                raise UnavailableError(
                    f"encoder '{self.name}': {folder} cannot be loaded: {reason}"
                ) from error
        return self._model
