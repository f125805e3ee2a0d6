"""What botocore raises while it looks for credentials, as our own errors: what happened, and what mends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from patchgui.ssm.clock import measured
from patchgui.ssm.errors import (
    CredentialError,
    CredentialsExpired,
    CredentialsMissing,
    PatchError,
    ProtocolError,
    Unreachable,
)
from patchgui.ssm.profiles import Profile, profile_called
from patchgui.ssm.redaction import without_secrets
from patchgui.ssm.replies import error_of

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError

_PROBE = "Check it with: aws sts get-caller-identity"
_WRONG_CODE = "MultiFactorAuthentication failed"


@contextmanager
def translated(profile: str | None) -> Iterator[None]:
    """Turn whatever comes of a lookup for ``profile`` into an error of the tree, without a secret in it."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except PatchError:
        raise
    except BotoCoreError as error:
        raise _of_botocore(error, profile) from error
    except ClientError as error:
        raise _of_service(error, profile) from error
    except ResponseParserError:
        # Its text is the whole answer.
        raise ProtocolError(
            f"Whoever was asked for the credentials of {_named(profile)} answered with something else.",
            hint="Check whether a proxy or a sign-in page of the network stands in between.",
            log_detail="ResponseParserError",
        ) from None
    except RuntimeError as error:
        # botocore has no type of its own for a refresh that brought credentials which are over already.
        raise _ended(profile, without_secrets(str(error))) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        # A credential process that is not there, or writes something that is no JSON: its words may be secrets.
        told = error.strerror or "" if isinstance(error, OSError) else "its answer is not understood"
        raise CredentialsMissing(
            f"The credentials of {_named(profile)} could not be had: {told}.",
            hint=f"Look at the credential process of the profile. {_PROBE}{_with(profile)}",
            log_detail=type(error).__name__,
        ) from None


def is_wrong_code(error: Exception) -> bool:
    """Return whether STS refused the code of an MFA device: another one may do."""
    return _WRONG_CODE in str(error)


def ended_at_service(profile: str | None, words: str) -> CredentialsExpired:
    """Return the error for a session that AWS calls ended although the profile still has it. Reads files."""
    known = _known(profile)
    if known.command:
        return _ended(profile, words)
    return CredentialsExpired(
        f"The session of {_named(profile)} has ended.",
        hint=f"Its credentials ({known.kind}) have run out: put new ones in their place; what runs goes on meanwhile.",
        log_detail=words,
    )


def _of_botocore(error: "BotoCoreError", profile: str | None) -> PatchError:
    from botocore import exceptions as e

    words = without_secrets(str(error))
    match error:
        case e.SSOError() | e.TokenRetrievalError():
            return _ended(profile, words, "aws sso login", "single sign-on")
        case e.LoginError():
            return _ended(profile, words, "aws login")
        case e.ProfileNotFound():
            return CredentialsMissing(
                f"The AWS tools on this machine have no profile {profile}.",
                hint=f"Set it up with: aws configure --profile {profile}, or choose another for this connection.",
                command=f"aws configure --profile {profile}",
            )
        case e.CredentialRetrievalError():
            return _of_source(error, profile)
        case e.ConnectionError() | e.HTTPClientError():
            return Unreachable(
                f"The credentials of {_named(profile)} could not be fetched: {words}",
                hint="Check the network and the proxy (HTTPS_PROXY); it is tried again by itself.",
                log_detail=words,
                was_sent=False,
            )
        case _:
            return CredentialsMissing(
                f"No credentials could be had for {_named(profile)}: {words}",
                hint=f"Check the profile of this connection. {_PROBE}{_with(profile)}",
                log_detail=type(error).__name__,
            )


def _of_source(error: "CredentialRetrievalError", profile: str | None) -> PatchError:
    told = without_secrets(str(error.kwargs.get("error_msg", "")))
    provider = str(error.kwargs.get("provider", ""))
    who = {
        "custom-process": "The credential process",
        "container-role": "The container's credential service",
        "iam-role": "The instance's metadata service",
    }.get(provider, f"The source {provider}")
    hint = {
        "custom-process": "Its command stands in credential_process of the profile; run it in a terminal.",
        "container-role": "Is this process still in its container or task, with a role attached?",
    }.get(provider, f"{_PROBE}{_with(profile)}")
    return CredentialsMissing(f"{who} of {_named(profile)} failed: {told or 'it said nothing'}", hint=hint)


def _of_service(error: "ClientError", profile: str | None) -> PatchError:
    """Translate what STS or single sign-on answered when it was asked for credentials."""
    told, meta = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    words = without_secrets(str(told.get("Message", "")))
    found = error_of(
        error.operation_name,
        str(told.get("Code", "")),
        words,
        http_status=int(meta.get("HTTPStatusCode", 0)),
    )
    found = measured(found, str(meta.get("HTTPHeaders", {}).get("date", "")))
    if isinstance(found, CredentialsExpired):
        return _ended(profile, words)
    if is_wrong_code(error):
        return CredentialError(
            "The MFA code was not accepted.", hint="Wait for the next code of the device, then try again."
        )
    if isinstance(found, CredentialError):
        return found
    hint = "Check the role of the profile, and whether its trust policy names who asks."
    return CredentialsMissing(
        f"The credentials of {_named(profile)} were refused: {words} ({told.get('Code', '')})",
        hint=hint if "AssumeRole" in error.operation_name else f"{_PROBE}{_with(profile)}",
        log_detail=found.log_detail,
    )


def _ended(profile: str | None, words: str, command: str = "", what: str = "sign-in") -> CredentialsExpired:
    """Return the error for a session that is over. ``command`` is what begins one where the profile does not tell."""
    known = _known(profile).command
    mends = known or (command + _with(profile) if command else "")
    hint = f"Sign in again in a terminal: {mends}." if mends else "Sign in again in a terminal."
    return CredentialsExpired(
        f"The {what} of {_named(profile)} has ended.",
        hint=hint,
        log_detail=words,
        command=mends,
    )


def _known(profile: str | None) -> Profile:
    from botocore.exceptions import BotoCoreError

    try:
        return profile_called(profile)
    except BotoCoreError:
        return Profile(profile or "", "")


def _named(profile: str | None) -> str:
    return f"the profile {profile}" if profile else "this machine"


def _with(profile: str | None) -> str:
    return f" --profile {profile}" if profile else ""
