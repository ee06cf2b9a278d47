"""Answers and errors as JSON, the same way everywhere."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from harness.common.files import parse_json
from harness.common.typed_json import finite
from harness.errors import DataError, HarnessError, UserError, one_line


class NotFound(UserError):
    """Nothing has this address."""


class Conflict(UserError):
    """Somebody else has changed it meanwhile."""


class Unavailable(HarnessError):
    """The store cannot be read or written just now."""


def answer(value: Any, status: int = 200) -> Response:
    """JSON; what is not finite is null, unpaired surrogates stay escapes."""
    text = json.dumps(finite(value), ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return Response(text, status, media_type="application/json")


def download(text: str, name: str, media_type: str) -> Response:
    """A file to save. `name` is one of ours, never of a request."""
    data = text.encode("utf-8", "backslashreplace")
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=f"{media_type}; charset=utf-8", headers=headers)


def told(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A handler whose errors become `{"error": one line}` with a status."""

    @wraps(handler)
    def wrapped(request: Request) -> Response:
        try:
            return handler(request)
        except NotFound as error:
            return answer({"error": str(error)}, 404)
        except Conflict as error:
            return answer({"error": str(error)}, 409)
        except Unavailable as error:
            return answer({"error": str(error)}, 503)
        except HarnessError as error:
            return answer({"error": str(error)}, 400 if isinstance(error, UserError) else 500)
        except Exception as error:
            return answer({"error": f"internal error: {one_line(error)}"}, 500)

    return wrapped


def posted(
    handler: Callable[[Request, dict[str, Any]], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """As `told`, for a handler that gets the JSON object of the request too."""

    async def wrapped(request: Request) -> Response:
        try:
            value = await body(request)
        except HarnessError as error:
            return answer({"error": str(error)}, 400)
        return await run_in_threadpool(told(lambda asked: handler(asked, value)), request)

    return wrapped


async def body(request: Request) -> dict[str, Any]:
    """The JSON object of a request. Raises DataError for anything else."""
    value = parse_json(await request.body(), "the request", nan=False)
    if not isinstance(value, dict):
        raise DataError("the request: expected a JSON object")
    return value
