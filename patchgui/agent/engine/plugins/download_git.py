"""A git repository as a source of aws:downloadContent."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from patchgui.agent.engine.errors import EngineError
from patchgui.agent.engine.folders import make_folder
from patchgui.agent.engine.plugins.download_places import detail, needed, save, secret
from patchgui.agent.engine.surroundings import Host

_PATIENCE_S = 600


def download_git(source: Mapping[str, Any], destination: str, host: Host) -> list[Path]:
    """Put the files of a repository into the destination folder.

    Raises:
        EngineError: when git is missing, or the repository can't be had.
        OSError: when the files can't be saved.
    """
    git = shutil.which("git", path=host.environment.get("PATH"))
    if git is None:
        raise EngineError("git is not installed on this node; install it to download from a repository")
    url = _with_login(needed(source, "repository"), source, host)
    reference = checkout_reference(detail(source, "getOptions"))
    folder = Path(destination)
    make_folder(folder)
    with tempfile.TemporaryDirectory(prefix="clone-", dir=folder) as scratch:
        clone = Path(scratch) / "clone"
        environment = _environment(source, host, Path(scratch))
        _git([git, "clone", "--quiet", "--", url, str(clone)], environment, url)
        if reference:
            _git([git, "-C", str(clone), "checkout", "--quiet", "--detach", reference], environment, url)
        return _moved(clone, folder)


def checkout_reference(options: str) -> str:
    """Return the branch or commit that ``getOptions`` asks for; empty for the default branch.

    Raises:
        EngineError: when it asks for something else, or for both.
    """
    wanted: dict[str, str] = {}
    for option in (part.strip() for part in options.split(",")):
        key, colon, value = option.partition(":")
        if not option:
            continue
        if not colon or key.strip() not in {"branch", "commitID"} or not value.strip():
            raise EngineError(f"getOptions is {options!r}; use branch:NAME or commitID:SHA")
        wanted[key.strip()] = value.strip()
    if len(wanted) > 1:
        raise EngineError("getOptions names a branch and a commit; use one of them")
    if "branch" in wanted:
        return f"refs/remotes/origin/{wanted['branch'].removeprefix('refs/heads/')}"
    return f"{wanted['commitID']}^{{commit}}" if wanted else ""


def _with_login(url: str, source: Mapping[str, Any], host: Host) -> str:
    user, password = secret(source, "username", host), secret(source, "password", host)
    parts = urlsplit(url)
    if not user or parts.scheme not in {"http", "https"}:
        return url
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}"))


def _environment(source: Mapping[str, Any], host: Host, scratch: Path) -> dict[str, str]:
    ssh = "ssh -o BatchMode=yes"
    if source.get("skipHostKeyChecking") is True:
        ssh += " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
    if key := secret(source, "privateSSHKey", host):
        key_file = save(scratch / "key", f"{key}\n".encode())
        key_file.chmod(0o600)
        ssh += f" -o IdentitiesOnly=yes -i '{key_file}'"
    return {**host.environment, "GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": ssh}


def _git(argv: list[str], environment: Mapping[str, str], url: str) -> None:
    try:
        done = subprocess.run(
            argv, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"git took more than {_PATIENCE_S} s for {_without_login(url)}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").replace(url, _without_login(url)).strip()
        raise EngineError(
            f"git can't get {_without_login(url)}: {said}; check the address, the login and this node's way there"
        )


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if parts.scheme else url


def _moved(clone: Path, folder: Path) -> list[Path]:
    """Move all but git's own folder out of the clone; return the files at their new places."""
    shutil.rmtree(clone / ".git")
    moved = []
    for root, _, names in os.walk(clone):
        target = folder / Path(root).relative_to(clone)
        make_folder(target)
        moved += [Path(shutil.move(Path(root) / name, target / name)) for name in names]
    return [path for path in moved if not path.is_symlink()]
