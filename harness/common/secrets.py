"""Passwords and keys written where everything is recorded: found to be refused, and never repeated."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECRET_NAME = re.compile(
    r"api.?key(?!_env)|subscription.?key|authori[sz]ation|bearer|cookie|passw|secret|(access|auth|hf)_?token$",
    re.IGNORECASE,
)
"""Names of options whose values are secret."""

FROM_ENVIRONMENT = re.compile(r"\{env:([A-Za-z_]\w*)\}")
"""Where the value of an environment variable is put in when it is needed, and not recorded."""

_IN_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s@'\"]+@", re.IGNORECASE)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"]+", re.IGNORECASE)
_PARAMETER = re.compile(r"^(x-(amz|goog)-)?(signature|credential|sig|key|\w*-?token)$", re.IGNORECASE)
_TOKEN = re.compile(r"\b(?:hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{20,})")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE)
_ENVIRONMENT = re.compile(r"(TOKEN|API_?KEY|SECRET|PASSWORD|PASSWD)$", re.IGNORECASE)
_SHORTEST = 8  # characters of a variable's value that is looked for


def secret_in(text: str) -> str | None:
    """What secret a text holds, in words that do not repeat it; None where it holds none."""
    if _IN_URL.search(text):
        return "a URL with a user name or password"
    for url in _URL.findall(text):
        for name, value in _parameters(url):
            if value and (_PARAMETER.search(name) or SECRET_NAME.search(name)):
                return f"a URL with the secret '{name}'"
    if _TOKEN.search(text) or _BEARER.search(text):
        return "an access token"
    for name, value in os.environ.items():
        if len(value) >= _SHORTEST and _ENVIRONMENT.search(name) and value in text:
            return f"the value of ${name}"
    return None


def secrets_of(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """The full key of each text in a configuration that holds a secret, with what it holds."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from secrets_of(inner, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from secrets_of(inner, at)
    elif isinstance(value, str) and value:
        named = SECRET_NAME.search(at.rpartition(".")[2]) and not FROM_ENVIRONMENT.search(value)
        found = "a secret" if named else secret_in(value)
        if found:
            yield at, found


def redacted(text: str) -> str:
    """The text with user names and passwords of URLs, and tokens, as `***`."""
    text = _IN_URL.sub(r"\g<scheme>***@", text)
    return _BEARER.sub(r"\1 ***", _TOKEN.sub("***", text))


def _parameters(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query)
    except ValueError:  # no URL after all
        return []
