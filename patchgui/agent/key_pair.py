"""The agent's key pair, in the form of an AWS shared credentials file that every AWS tool reads."""

import configparser
import os
import secrets
import string
from pathlib import Path

from patchgui.agent.api.signature import KeyPair
from patchgui.ssm.errors import StoreCorrupt, StoreError

PROFILE = "patchgui"
"""The profile that the credentials file holds the key pair under."""

_ALPHABET = string.ascii_uppercase + "234567"


def load_or_make(path: Path) -> KeyPair:
    """Return the key pair of ``path``; at first start, make one that only this user can read.

    Raises:
        StoreCorrupt: the file holds no key pair; it is left as it is.
        StoreError: the file cannot be read or written.
    """
    try:
        if not path.exists():
            _write(path, _new_pair())
        return _read(path)
    except OSError as error:
        raise StoreError(
            f"The agent's key pair {path} cannot be used: {error.strerror}.", hint="Check the file's owner and mode."
        ) from error


def _new_pair() -> KeyPair:
    return KeyPair("AKIA" + "".join(secrets.choice(_ALPHABET) for _ in range(16)), secrets.token_urlsafe(30))


def _write(path: Path, keys: KeyPair) -> None:
    """Write, sync, rename: there is a whole file or none."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"[{PROFILE}]\naws_access_key_id = {keys.access_key}\naws_secret_access_key = {keys.secret_key}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def _read(path: Path) -> KeyPair:
    # Whoever copied the folder may have opened it up: the key pair stays for its owner alone.
    path.chmod(0o600)
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="ascii"), str(path))
        section = parser[PROFILE]
        keys = KeyPair(section["aws_access_key_id"], section["aws_secret_access_key"])
    except (configparser.Error, KeyError, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    if not (keys.access_key and keys.secret_key):
        raise _damaged(path)
    return keys


def _damaged(path: Path) -> StoreCorrupt:
    return StoreCorrupt(
        f"The file {path} does not hold the agent's key pair.",
        hint="Put a copy back, or move the file away: the agent then makes a new key pair. Nothing was changed.",
    )
