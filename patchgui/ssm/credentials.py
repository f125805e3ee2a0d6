"""Whose keys sign the calls: a profile of the AWS tools, any source that botocore knows, or a file."""

import asyncio
import configparser
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from patchgui.ssm.credential_trouble import ended_at_service, is_wrong_code, translated
from patchgui.ssm.errors import CodeNotGiven, CredentialError, CredentialsExpired, CredentialsMissing
from patchgui.ssm.own_thread import in_own_thread

if TYPE_CHECKING:
    from botocore.credentials import Credentials, ReadOnlyCredentials
    from botocore.session import Session

LOOKUP_S = 60.0
"""How long a source may take to give credentials, besides the time that a person takes to enter a code."""
_CODE_ATTEMPTS = 3
_CODE = re.compile(r"[0-9]{6}")
_FRESH_S = 10.0
_CODE_MARGIN_S = 5 * 60
"""So long before a session ends that began with a code, the next code is asked for."""


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """A code of an MFA device is needed: for which profile, of which device, and whether the last one was wrong."""

    profile: str
    device: str
    was_refused: bool = False


AskCode = Callable[[CodeRequest], str]
"""Asks a person and waits for the answer, in a thread of its own. Raises ``CodeNotGiven``. What it returns is used at
once and kept nowhere."""


class _Codes:
    """Asks for codes on behalf of one source. Once a person has said no, nobody is asked again until told to."""

    def __init__(self, profile: str | None, ask: AskCode | None) -> None:
        self._profile = profile or "default"
        self._ask = ask
        self._declined: CodeNotGiven | None = None
        self.was_refused = False
        self.were_asked = False
        self.is_asking = False

    def __call__(self, prompt: str) -> str:
        """Return a code; botocore calls it with a sentence that names the device."""
        if self._ask is None:
            raise CodeNotGiven(
                f"The profile {self._profile} asks for an MFA code, and nobody is here to enter it.",
                hint="Run it in a terminal, or open the connection in the console's window.",
            )
        if self._declined is not None:
            raise self._declined
        self.were_asked = self.is_asking = True
        try:
            return self._six_digits(self._ask, prompt.removeprefix("Enter MFA code for ").rstrip(": "))
        except CodeNotGiven as error:
            self._declined = error
            raise
        finally:
            self.is_asking = False

    def _six_digits(self, ask: AskCode, device: str) -> str:
        """Ask until a code can be one: botocore would quote any other in its error."""
        for _ in range(_CODE_ATTEMPTS):
            code = ask(CodeRequest(self._profile, device, self.was_refused))
            if _CODE.fullmatch(code):
                return code
            self.was_refused = True
        raise CodeNotGiven(
            f"The profile {self._profile} needs a code of its MFA device: it has six digits.", hint="Try again."
        )

    def ask_again(self) -> None:
        self._declined = None


class CredentialSource:
    """Credentials that are found when first needed, refreshed when they run out, and read anew when asked.

    ``load`` finds them; it may block (files, the instance's metadata, single sign-on, a person who looks for an MFA
    device) and runs in a thread of its own. Several calls that need them at the same time wait for one lookup.
    """

    def __init__(
        self,
        load: "Callable[[], Credentials]",
        *,
        profile: str | None = None,
        codes: _Codes | None = None,
        limit_s: float = LOOKUP_S,
    ) -> None:
        self._load = load
        self._profile = profile
        self._codes = codes
        self._limit_s = limit_s
        self._found: Credentials | None = None
        self._found_at_s = float("-inf")
        self._lookup: asyncio.Future[ReadOnlyCredentials] | None = None
        self._finding = threading.Lock()

    async def current(self) -> "ReadOnlyCredentials":
        """Return the keys that are valid now.

        Raises:
            CredentialsMissing: there are none.
            CredentialsExpired: the session has ended and cannot be renewed without the operator.
            CodeNotGiven: an MFA code is needed and was not entered.
            CredentialError: they could not be had in time, or the source failed.
            TransportError: whoever gives them out cannot be reached.
        """
        found = self._found
        if found is not None and not _needs_refresh(found):
            return found.get_frozen_credentials()
        if self._lookup is None or self._lookup.done():
            self._lookup = in_own_thread(self._find, "credentials")
        return await self._within_limit(self._lookup)

    def forget(self) -> None:
        """Look everything up again at the next call: the operator may have signed in meanwhile.

        A session that began with a code a moment ago is kept: what was refused was signed before it began.
        """
        began_with_code = self._codes is not None and self._codes.were_asked
        if not (began_with_code and time.monotonic() - self._found_at_s < _FRESH_S):
            self._found = None

    def ask_again(self) -> None:
        """Begin anew at the next call, and ask for a code again even if nobody wanted to enter one.

        A session that began with a code is kept while it lasts: it would cost another one.
        """
        self._lookup = None
        if self._codes is not None:
            self._codes.ask_again()
        if self._codes is None or not self._codes.were_asked:
            self._found = None

    async def explained(self, error: CredentialsExpired) -> CredentialsExpired:
        """Return ``error``, which a service answered with, with what begins a new session of this source."""
        if error.command or self._codes is None:
            return error
        return await asyncio.to_thread(ended_at_service, self._profile, str(error))

    async def _within_limit(self, lookup: "asyncio.Future[ReadOnlyCredentials]") -> "ReadOnlyCredentials":
        """Wait, longer only while a person is being asked. A lookup that hangs is left to itself."""
        while True:
            await asyncio.wait({lookup}, timeout=self._limit_s)
            if lookup.done():
                return lookup.result()
            if self._codes is None or not self._codes.is_asking:
                whose = f"the profile {self._profile}" if self._profile else "this machine"
                raise CredentialError(
                    f"No credentials came for {whose} within {self._limit_s:.0f} s.",
                    hint="Look at its credential process or sign-in: aws sts get-caller-identity shows it.",
                )

    def _find(self) -> "ReadOnlyCredentials":
        with self._finding, translated(self._profile):
            if self._found is not None and not self._ends_with_a_code():
                return self._found.get_frozen_credentials()
            return self._find_anew()

    def _find_anew(self) -> "ReadOnlyCredentials":
        """Load, and ask for another code while the last one was a wrong one."""
        codes = self._codes
        for attempt in range(1, _CODE_ATTEMPTS + 1):
            found = self._load()
            try:
                keys = found.get_frozen_credentials()
            except Exception as error:
                if codes is None or attempt == _CODE_ATTEMPTS or not is_wrong_code(error):
                    raise
                codes.was_refused = True
                continue
            if codes is not None and codes.were_asked:
                codes.was_refused = False
                _refresh_late(found)
            self._found, self._found_at_s = found, time.monotonic()
            return keys
        raise AssertionError("the last attempt returns or raises")

    def _ends_with_a_code(self) -> bool:
        """Whether what was found cannot be refreshed without a code: botocore then gives up instead of asking."""
        found = self._found
        return self._codes is not None and self._codes.were_asked and found is not None and _needs_refresh(found)


def _needs_refresh(found: "Credentials") -> bool:
    refresh_needed = getattr(found, "refresh_needed", None)
    return refresh_needed is not None and bool(refresh_needed())


def _refresh_late(found: "Credentials") -> None:
    """Use a session that began with a code almost to its end: each refresh costs a person a code."""
    from botocore.credentials import RefreshableCredentials

    if isinstance(found, RefreshableCredentials):
        # botocore has no public way: a quarter of an hour before the end it would try in vain at every call.
        vars(found).update(_advisory_refresh_timeout=_CODE_MARGIN_S, _mandatory_refresh_timeout=_CODE_MARGIN_S)


def from_profile(
    profile: str | None = None, region: str | None = None, ask: AskCode | None = None, *, limit_s: float = LOOKUP_S
) -> CredentialSource:
    """Return the credentials of a profile of the AWS tools, or of botocore's whole chain when none is named.

    Args:
        profile: its name, as in ``~/.aws/config``.
        region: where STS is asked for a role; without it the region of the profile.
        ask: asks a person for a code of an MFA device; without it a profile that needs one fails with a clear error.
        limit_s: how long the source may take, in seconds.
    """
    codes = _Codes(profile, ask)

    def load() -> "Credentials":
        session = _session(profile, region)
        resolver = session.get_component("credential_provider")
        # botocore asks on the terminal, and offers no other way to be told whom to ask.
        resolver.get_provider("assume-role")._prompter = codes  # noqa: SLF001
        found: Credentials | None = session.get_credentials()
        if found is None:
            whose = f"the profile {profile}" if profile else "this machine"
            raise CredentialsMissing(
                f"There are no AWS credentials for {whose}.",
                hint="Set them up with: aws configure, or aws configure sso.",
                command=f"aws configure --profile {profile}" if profile else "aws configure",
            )
        return found

    return CredentialSource(load, profile=profile, codes=codes, limit_s=limit_s)


def _session(profile: str | None, region: str | None) -> "Session":
    """Return a session of botocore that gives up soon: a person waits in front of the window."""
    import logging

    from botocore.config import Config
    from botocore.session import Session

    # It logs a failed refresh with its trace and then raises it: the error is told by whoever asked.
    logging.getLogger("botocore.credentials").setLevel(logging.ERROR)
    session = Session(profile=profile)
    if region:
        session.set_config_variable("region", region)
    config = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 2})
    session.set_default_client_config(config)
    return session


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
                log_detail=type(error).__name__,
            ) from error

    return CredentialSource(load)


def from_keys(access_key: str, secret_key: str, token: str | None = None) -> CredentialSource:
    """Return credentials that are known already."""

    def load() -> "Credentials":
        from botocore.credentials import Credentials

        return Credentials(access_key, secret_key, token)

    return CredentialSource(load)
