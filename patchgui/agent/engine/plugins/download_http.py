"""A web server as a source of aws:downloadContent."""

import http.client
import random
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from patchgui.agent.engine.errors import EngineError
from patchgui.agent.engine.plugins.download_places import detail, file_at, needed, save, secret
from patchgui.agent.engine.surroundings import Host

_PATIENCE_S = 60
_PART = 256 * 1024


def download_http(source: Mapping[str, Any], destination: str, host: Host) -> list[Path]:
    """Save what a URL holds.

    Raises:
        EngineError: when the URL can't be had, or is not https and that was not allowed.
        OSError: when it can't be saved.
    """
    url = needed(source, "url")
    scheme = urlsplit(url).scheme
    if scheme not in {"http", "https"}:
        raise EngineError(f"{url} is neither an http nor an https URL")
    if scheme == "http" and source.get("allowInsecureDownload") is not True:
        raise EngineError(f"{url} is not secure; use https, or set allowInsecureDownload to true in SourceInfo")
    request = urllib.request.Request(url)  # noqa: S310 - the scheme was looked at
    return [fetch_to(file_at(destination, f"download{random.getrandbits(63)}"), request, _opener(source, host, url))]


def fetch_to(path: Path, request: urllib.request.Request, opener: urllib.request.OpenerDirector | None = None) -> Path:
    """Write what a request brings to a file, and return its path.

    Raises:
        EngineError: when it brings nothing, or not all of it.
        OSError: when it can't be saved.
    """
    with answer_to(request, opener) as response:
        save(path, b"")
        with path.open("wb") as file:
            while chunk := _next_part(response, request.full_url):
                file.write(chunk)
    return path


def answer_to(
    request: urllib.request.Request, opener: urllib.request.OpenerDirector | None = None
) -> http.client.HTTPResponse:
    """Return the answer to a request, its body still to be read.

    Raises:
        EngineError: when there is none, or it is no success.
    """
    try:
        response: http.client.HTTPResponse = (opener or urllib.request.build_opener()).open(
            request, timeout=_PATIENCE_S
        )
    except urllib.error.HTTPError as error:
        error.close()
        raise EngineError(
            f"{request.full_url} answers {error.code} {error.reason}; check the address and what this node may read"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise EngineError(
            f"{request.full_url} can't be reached: {reason}; check the address and whether this node has a way there"
        ) from error
    return response


def _next_part(response: http.client.HTTPResponse, url: str) -> bytes:
    """Return the next part of a body; nothing at its end. A body that ends too early is no body."""
    try:
        part = response.read(_PART)
    except (OSError, http.client.HTTPException) as error:
        raise EngineError(f"{url} broke off: {error}") from error
    if not part and response.length:
        raise EngineError(f"{url} broke off: {response.length} bytes are missing")
    return part


def _opener(source: Mapping[str, Any], host: Host, url: str) -> urllib.request.OpenerDirector:
    method = detail(source, "authMethod") or "None"
    if method == "None":
        return urllib.request.build_opener()
    if method not in {"Basic", "Digest"}:
        raise EngineError(f"SourceInfo.authMethod is {method}; use None, Basic or Digest")
    passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
    passwords.add_password(
        None,
        url,
        secret(source, "username", host),
        secret(source, "password", host),
        is_authenticated=method == "Basic",
    )
    if method == "Basic":
        return urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
    return urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(passwords))
