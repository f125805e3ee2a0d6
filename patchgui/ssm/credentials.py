"""Whose keys sign the calls: a profile of the AWS tools, any source that botocore knows, or a file."""

import asyncio
import configparser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from patchgui.ssm.errors import CredentialsExpired, CredentialsMissing

if TYPE_CHECKING:
    from botocore.credentials import Credentials, ReadOnlyCredentials


class CredentialSource:
    """Credentials that are found when first needed, refreshed when they run out, and read anew when asked.

    ``load`` finds them; it may block (files, the instance's metadata, single sign-on) and runs in a thread.
    """

    def __init__(self, load: "Callable[[], Credentials]") -> None:
        self._load = load
        self._found: Credentials | None = None
        self._finding = asyncio.Lock()

    async def current(self) -> "ReadOnlyCredentials":
        """Return the keys that are valid now.

        Raises:
            CredentialsMissing: there are none.
            CredentialsExpired: the session has ended and cannot be renewed without the operator.
        """
        found = self._found
        if found is not None and not _needs_refresh(found):
            return found.get_frozen_credentials()
        async with self._finding:
            return await asyncio.to_thread(self._find)

    def forget(self) -> None:
        """Look everything up again at the next call: the operator may have signed in meanwhile."""
        self._found = None

    def _find(self) -> "ReadOnlyCredentials":
        with _translated():
            if self._found is None:
                self._found = self._load()
            return self._found.get_frozen_credentials()


def _needs_refresh(found: "Credentials") -> bool:
    refresh_needed = getattr(found, "refresh_needed", None)
    return refresh_needed is not None and bool(refresh_needed())


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what botocore raises while it looks for credentials into our own errors."""
    from botocore import exceptions

    try:
        yield
    except (exceptions.SSOError, exceptions.TokenRetrievalError, exceptions.LoginError) as error:
        raise CredentialsExpired(
            f"The sign-in has ended: {error}", hint="Sign in again (aws sso login), then try once more."
        ) from error
    except (exceptions.BotoCoreError, exceptions.ClientError) as error:
        raise CredentialsMissing(
            f"No credentials could be had: {error}",
            hint="Check the profile of this connection with: aws sts get-caller-identity.",
        ) from error
    except RuntimeError as error:
        # botocore has no type of its own for a refresh that brought credentials which are over already.
        raise CredentialsExpired(f"The sign-in has ended: {error}", hint="Sign in again.") from error


def from_profile(profile: str | None = None) -> CredentialSource:
    """Return the credentials of a profile of the AWS tools, or of botocore's whole chain when none is named."""

    def load() -> "Credentials":
        from botocore.session import Session

        found = Session(profile=profile).get_credentials()
        if found is None:
            whose = f"the profile {profile}" if profile else "this machine"
            raise CredentialsMissing(
                f"There are no AWS credentials for {whose}.",
                hint="Set them up with: aws configure, or aws configure sso.",
            )
        return found

    return CredentialSource(load)


def from_file(path: Path, profile: str) -> CredentialSource:
    """Return the credentials of one profile in a shared-credentials file, such as the local agent writes."""

    def load() -> "Credentials":
        from botocore.credentials import Credentials

        parser = configparser.RawConfigParser()
        try:
            parser.read_string(path.read_text(encoding="utf-8"), source=str(path))
            section = parser[profile]
            return Credentials(
                section["aws_access_key_id"], section["aws_secret_access_key"], section.get("aws_session_token")
            )
        except (OSError, UnicodeDecodeError, configparser.Error, KeyError) as error:
            raise CredentialsMissing(
                f"{path} holds no credentials for the profile {profile}.",
                hint="The local agent writes the file when it starts: is it running, and with this state folder?",
                log_detail=str(error),
            ) from error

    return CredentialSource(load)


def from_keys(access_key: str, secret_key: str, token: str | None = None) -> CredentialSource:
    """Return credentials that are known already."""

    def load() -> "Credentials":
        from botocore.credentials import Credentials

        return Credentials(access_key, secret_key, token)

    return CredentialSource(load)
