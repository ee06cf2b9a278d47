"""JSON from elsewhere: whatever is wrong with a text is one error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def json_value(text: str | bytes, nan: bool = True, whole: Callable[[str], Any] | None = None) -> Any:
    """The value of a JSON text; `whole` reads its integers, otherwise they may have 4,300 digits.

    Raises ValueError if the text is invalid, nested too deeply or, unless `nan`, has NaN.
    """
    try:
        return json.loads(text, parse_constant=None if nan else _reject, parse_int=whole)
    except RecursionError:  # deeper than Python's own stack
        raise ValueError("nested too deeply") from None
    except ValueError as error:
        if "set_int_max_str_digits" in str(error):
            raise ValueError("a number with too many digits") from None
        raise


def _reject(name: str) -> Any:
    raise ValueError(f"{name} is not valid JSON")
