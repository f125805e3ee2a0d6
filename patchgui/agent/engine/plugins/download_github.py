"""GitHub's API as a source of aws:downloadContent."""

import base64
import http.client
import json
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from patchgui.agent.engine.errors import EngineError
from patchgui.agent.engine.folders import make_folder
from patchgui.agent.engine.plugins.download_git import checkout_reference
from patchgui.agent.engine.plugins.download_http import answer_to
from patchgui.agent.engine.plugins.download_places import detail, file_at, needed, save, secret
from patchgui.agent.engine.surroundings import Host

_API = "https://api.github.com"


def download_github(source: Mapping[str, Any], destination: str, host: Host) -> list[Path]:
    """Save a file, or all files of a folder, of a repository.

    Raises:
        EngineError: when they can't be had.
        OSError: when they can't be saved.
    """
    owner, repository = needed(source, "owner"), needed(source, "repository")
    token = secret(source, "tokenInfo", host)
    reference = checkout_reference(detail(source, "getOptions"))
    reference = reference.removeprefix("refs/remotes/origin/").removesuffix("^{commit}")
    base = host.environment.get("GITHUB_API_URL", _API)
    repo = _Repository(f"{base}/repos/{quote(owner)}/{quote(repository)}/contents", reference, token)
    path = detail(source, "path").strip("/")
    found = repo.get(path)
    if isinstance(found, Mapping):
        return [save(file_at(destination, Path(path).name), _content(found))]
    return list(_folder(repo, found, Path(destination)))


class _Repository:
    """The contents of one repository at one commit."""

    def __init__(self, url: str, reference: str, token: str) -> None:
        self._url = url
        self._query = f"?{urlencode({'ref': reference})}" if reference else ""
        self._headers = {"Accept": "application/vnd.github+json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )

    def get(self, path: str) -> Any:
        """Return what the API says about a path: an object for a file, a list for a folder.

        Raises:
            EngineError: when it says nothing.
        """
        url = f"{self._url}/{quote(path)}{self._query}"
        request = urllib.request.Request(url, headers=self._headers)  # noqa: S310 - https, or what the node's owner set
        with answer_to(request) as response:
            try:
                return json.load(response)
            except (OSError, ValueError, http.client.HTTPException) as error:
                raise EngineError(f"{url} gives no JSON: {error}") from error


def _folder(repository: _Repository, entries: list[Mapping[str, Any]], folder: Path) -> Iterator[Path]:
    make_folder(folder)
    for entry in entries:
        found = repository.get(entry["path"])
        path = folder / Path(entry["path"]).name
        if isinstance(found, Mapping):
            yield save(path, _content(found))
        else:
            yield from _folder(repository, found, path)


def _content(entry: Mapping[str, Any]) -> bytes:
    if entry.get("encoding") != "base64":
        raise EngineError(f"GitHub sends {entry.get('path')} in a form that can't be read ({entry.get('encoding')})")
    return base64.b64decode(entry["content"])
