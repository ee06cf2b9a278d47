"""Secrets in a configuration are refused: it is recorded, in .hydra/ before our own code runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from harness.common.secrets import secrets_of
from harness.config.schema import RunConfig
from harness.errors import ConfigError

_REMEDY = (
    "the configuration is recorded; keep a key in the environment variable that engine.api_key_env names (or"
    " HF_TOKEN), and download a protected file first"
)

_HEADER = "the configuration is recorded; name the environment variable with it: {}='{{env:MY_KEY}}'"


def refuse_in_arguments(words: Sequence[str]) -> None:
    """Raises ConfigError for an argument that holds a secret, without repeating it."""
    for word in words:
        key, equals, value = word.lstrip("+~").partition("=")
        _refuse(secrets_of({key: value} if equals else {"an argument": word}))


def refuse_in_config(config: RunConfig, folder: Path) -> None:
    """The same of a composed configuration, which may come from a YAML file.

    Hydra has written it into the run's `folder` by then: what it wrote is deleted first.
    """
    found = list(secrets_of(asdict(config)))
    if found:
        shutil.rmtree(folder / ".hydra", ignore_errors=True)
        _refuse(found)


def _refuse(found: Iterable[tuple[str, str]]) -> None:
    for key, what in found:
        header = key.startswith("engine.headers.")
        raise ConfigError(f"{key} holds {what}: {_HEADER.format(key) if header else _REMEDY}")
