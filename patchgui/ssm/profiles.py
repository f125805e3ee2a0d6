"""The profiles of the AWS tools on this machine: which there are, and how each comes to its credentials.

Only names and kinds leave this module, never a key.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CHAIN_MAX = 8
_NOTHING = "container or instance metadata"
"""What botocore turns to for a profile that has no credentials of its own."""
_NOT_SET_UP = "not set up"
_SOURCES = {"Ec2InstanceMetadata": "instance metadata", "EcsContainer": "container", "Environment": "environment"}


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile, in words. ``name`` empty is what botocore finds without one.

    Attributes:
        kind: how it comes to its credentials, such as ``role with MFA, from access key``.
        region: the region that it names, or nothing.
        command: what signs its operator in, such as ``aws sso login --profile NAME``; empty when nothing has to.
        needs_code: whether a code of an MFA device will be asked for.
    """

    name: str
    kind: str
    region: str = ""
    command: str = ""
    needs_code: bool = False


def profiles() -> tuple[Profile, ...]:
    """Return every profile of this user, by name, after what is found without a profile. Reads files.

    Raises:
        botocore.exceptions.ConfigParseError: the configuration of the AWS tools cannot be read.
    """
    sections = _sections()
    named = [describe(name, sections) for name in sorted(sections, key=str.casefold)]
    return (_without_profile(sections), *named)


def profile_called(name: str | None) -> Profile:
    """Return one profile; a name that there is none of has the kind ``not set up``. Reads files."""
    sections = _sections()
    return describe(name, sections) if name else _without_profile(sections)


def authorities_of(name: str | None) -> str | None:
    """Return the file with the certificate authorities that the AWS tools trust for a profile; None for the usual ones.

    It is named by ``AWS_CA_BUNDLE``, or by ``ca_bundle`` of the profile. Reads files.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        found = Session(profile=name).get_config_variable("ca_bundle")
    except BotoCoreError:
        # A profile that is not there is told by whoever looks for its credentials.
        return None
    return str(found) if found else None


def describe(name: str, sections: Mapping[str, Mapping[str, Any]]) -> Profile:
    """Return a profile in words, given the sections of all profiles."""
    section = sections.get(name)
    if section is None:
        return Profile(name, _NOT_SET_UP)
    kind, command, needs_code = _way(name, sections, _CHAIN_MAX)
    return Profile(name, kind, str(section.get("region") or ""), command, needs_code)


def _way(name: str, sections: Mapping[str, Mapping[str, Any]], depth: int) -> tuple[str, str, bool]:
    """Return kind, command and need of a code, in the order in which botocore looks."""
    section = sections.get(name, {})
    if "role_arn" in section and "web_identity_token_file" not in section and depth:
        kind = "role with MFA" if "mfa_serial" in section else "role"
        source = section.get("source_profile")
        if not source or source == name:
            origin, command, needs_code = _SOURCES.get(str(section.get("credential_source")), "access key"), "", False
        else:
            origin, command, needs_code = _way(str(source), sections, depth - 1)
        return f"{kind}, from {origin}", command, needs_code or "mfa_serial" in section
    return (*_own_way(name, section), False)


def _own_way(name: str, section: Mapping[str, Any]) -> tuple[str, str]:
    if "web_identity_token_file" in section:
        return "web identity", ""
    if "sso_session" in section or "sso_start_url" in section:
        return "single sign-on", f"aws sso login --profile {_quoted(name)}"
    if "aws_access_key_id" in section:
        return "access key", ""
    if "login_session" in section:
        return "sign-in of the AWS console", f"aws login --profile {_quoted(name)}"
    if "credential_process" in section:
        return "credential process", ""
    return _NOTHING, ""


def _without_profile(sections: Mapping[str, Mapping[str, Any]]) -> Profile:
    """Return what botocore finds when no profile is named."""
    named = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return Profile("", "environment", region)
    found = describe(named or "default", sections)
    if named or found.kind not in {_NOTHING, _NOT_SET_UP}:
        kind = f"{found.kind} (profile {found.name})"
        return Profile("", kind, region or found.region, found.command, found.needs_code)
    if os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
        return Profile("", "web identity", region or found.region)
    if os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") or os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        return Profile("", "container", region or found.region)
    return Profile("", "instance metadata", region or found.region)


def _sections() -> Mapping[str, Mapping[str, Any]]:
    from botocore.session import Session

    found: Mapping[str, Mapping[str, Any]] = Session().full_config.get("profiles", {})
    return found


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
