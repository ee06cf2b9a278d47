"""Files behind URLs: downloaded once, whole or not at all, into the user's cache."""

from __future__ import annotations

import hashlib
import http.client
import os
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from harness.common.paths import user_cache
from harness.errors import DataError, UnavailableError

TIMEOUT = 30.0
ATTEMPTS = 3
LARGEST = 20 << 30
CHUNK = 1 << 18


def is_url(where: str) -> bool:
    return where.startswith(("http://", "https://"))


def cache_dir() -> Path:
    """`$XDG_CACHE_HOME/mt-harness`, by default in `~/.cache`."""
    return user_cache()


def local(url: str) -> Path:
    """The file of `url` in the cache, downloaded when it is not there yet.

    Raises UnavailableError where the server cannot be reached or refuses, DataError for a bad URL.
    """
    name = Path(urllib.parse.unquote(urllib.parse.urlsplit(url).path)).name
    if not name:
        raise DataError(f"{url}: does not name a file")
    target = cache_dir() / "downloads" / hashlib.sha256(url.encode()).hexdigest()[:16] / name
    if not target.exists():
        for attempt in range(1, ATTEMPTS + 1):
            problem = _download(url, target)
            if problem is None:
                break
            if attempt == ATTEMPTS:
                raise UnavailableError(f"{url}: {problem}; download it elsewhere and name the local file")
            time.sleep(0.5 * attempt)
    return target


def _download(url: str, target: Path) -> str | None:
    """None when the file is in place, else why another attempt may help."""
    request = urllib.request.Request(url, headers={"User-Agent": "mt-harness"})
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as out, urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            announced = answer.headers.get("Content-Length")
            received = 0
            while chunk := answer.read(CHUNK):
                received += len(chunk)
                if received > LARGEST:
                    raise DataError(f"{url}: larger than {LARGEST >> 30} GiB")
                out.write(chunk)
        if announced is not None and received != int(announced):
            return f"the connection broke after {received} of {announced} bytes"
        Path(temporary).replace(target)
        return None
    except urllib.error.HTTPError as error:
        if error.code < 500 and error.code != 429:
            raise UnavailableError(f"{url}: the server answered {error.code} {error.reason}") from None
        return f"the server answered {error.code} {error.reason}"
    except urllib.error.URLError as error:
        return f"cannot be reached ({error.reason})"
    except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
        return f"the connection broke ({error or type(error).__name__})"
    finally:
        Path(temporary).unlink(missing_ok=True)
