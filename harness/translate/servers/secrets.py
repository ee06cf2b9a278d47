"""Keys come from the environment: what is written in a YAML or a URL is recorded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.common.secrets import FROM_ENVIRONMENT, SECRET_NAME, secret_in
from harness.errors import ConfigError, UnavailableError


@dataclass(frozen=True, slots=True)
class Filled:
    """Headers with the keys in them, and the keys apart, so that no message repeats one."""

    headers: Mapping[str, str]
    secrets: tuple[str, ...]


def check_address(url: str, at: str, example: str) -> None:
    """Refuse what is no http(s) URL, and one that holds a password or key. `at` is the option's name."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{at}={url}: not an http(s) URL, for example {example}")
    if parts.username or parts.password or secret_in(url):
        raise ConfigError(f"{at} must not hold a password or key; name an environment variable that holds it")


def check_no_secrets(names: Iterable[object], at: str, instead: str) -> None:
    """Refuse fields of a request that look like keys."""
    for name in names:
        if SECRET_NAME.search(str(name)):
            raise ConfigError(f"{at}.{name}: the request is recorded; {instead}")


def variables(headers: Mapping[str, str | None]) -> tuple[str, ...]:
    """The environment variables that `{env:NAME}` in headers asks for, each once."""
    return tuple(
        dict.fromkeys(name for value in headers.values() for name in FROM_ENVIRONMENT.findall(value or ""))
    )


def check_headers(headers: Mapping[str, str | None]) -> None:
    """Refuse a header that is named like a key and holds it as written."""
    for name, value in headers.items():
        if value and SECRET_NAME.search(name) and not FROM_ENVIRONMENT.search(value):
            raise ConfigError(
                f"engine.headers.{name}: the configuration is recorded, so a key must come from the"
                f" environment: engine.headers.{name}='{{env:MY_KEY}}'"
            )


def filled(headers: Mapping[str, str | None]) -> Filled:
    """Headers with the values of their variables; those that are null are left out.

    Raises UnavailableError naming a variable that is not set.
    """
    found = {}
    for name in variables(headers):
        value = os.environ.get(name, "").strip()
        if not value:
            raise UnavailableError(
                f"the engine needs a key in the environment variable {name} (it is never recorded):"
                f" export {name}=…"
            )
        found[name] = value
    values = {
        name: FROM_ENVIRONMENT.sub(lambda match: found[match[1]], value)
        for name, value in headers.items()
        if value is not None
    }
    return Filled(values, tuple(found.values()))
