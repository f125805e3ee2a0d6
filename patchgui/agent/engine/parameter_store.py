"""References to Parameter Store: ``{{ ssm:name }}`` (engine.md §2.10)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from patchgui.agent.engine.errors import DocumentInvalid, EngineError
from patchgui.agent.engine.surroundings import Host
from patchgui.agent.engine.values import compact_json

_REFERENCE = re.compile(r"\{\{ *ssm:([/\w.:-]+) *\}\}", re.ASCII)
_SECURE_REFERENCE = re.compile(r"\{\{ *ssm-secure:([/\w.:-]+) *\}\}", re.ASCII)

_Stored = Mapping[str, Mapping[str, Any]]


def has_reference(text: str) -> bool:
    """Return whether a text refers to a parameter of the store."""
    return _REFERENCE.search(text) is not None


def has_secure_reference(text: str) -> bool:
    """Return whether a text refers to a secret of the store."""
    return _SECURE_REFERENCE.search(text) is not None


def secure_reference(text: str) -> str | None:
    """Return the name of the secret that a whole text refers to, if it does."""
    found = _SECURE_REFERENCE.fullmatch(text)
    return found[1] if found else None


def holds_reference(value: Any) -> bool:
    """Return whether a value refers to the store anywhere inside."""
    return has_reference(compact_json(value))


def resolve(value: Any, host: Host) -> Any:
    """Return a value with its references replaced by what the store holds.

    Raises:
        DocumentInvalid: when a parameter is missing, secret, or a list where only a text fits.
    """
    names = list(dict.fromkeys(_names_in(value)))
    return _replaced(value, _fetch(names, host)) if names else value


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _REFERENCE.findall(value)
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _names_in(item)


def _fetch(names: list[str], host: Host) -> _Stored:
    try:
        stored = host.fetch_parameters(names)
    except EngineError as error:
        raise DocumentInvalid(str(error)) from error
    if missing := [name for name in names if name not in stored]:
        raise DocumentInvalid(f"The document refers to parameters that don't exist: {', '.join(missing)}.")
    if secure := [name for name in names if stored[name]["Type"] == "SecureString"]:
        raise DocumentInvalid(f"Parameters of type SecureString are not supported here: {', '.join(secure)}.")
    return stored


def _replaced(value: Any, stored: _Stored) -> Any:
    if isinstance(value, str):
        return _replaced_text(value, stored)
    if isinstance(value, Mapping):
        return {key: _replaced(item, stored) for key, item in value.items()}
    if not isinstance(value, list) or not value:
        return value
    if isinstance(value[0], str):
        return list(_replaced_texts(value, stored))
    return [_replaced(item, stored) for item in value]


def _replaced_texts(items: list[Any], stored: _Stored) -> Iterator[str]:
    """Yield the items of a list of texts; a StringList that is a whole item becomes several."""
    for item in items:
        if item is not None and not isinstance(item, str):
            raise DocumentInvalid("A list that refers to the parameter store may hold nothing but texts.")
        whole = _REFERENCE.fullmatch((item or "").strip())
        if whole and stored[whole[1]]["Type"] == "StringList":
            yield from str(stored[whole[1]]["Value"]).split(",")
        else:
            yield _replaced_text(item or "", stored)


def _replaced_text(text: str, stored: _Stored) -> str:
    def value_of(found: re.Match[str]) -> str:
        parameter = stored[found[1]]
        if parameter["Type"] == "StringList":
            raise DocumentInvalid(f"Parameter {found[1]} of type StringList can't be used inside a text.")
        return str(parameter["Value"])

    return _REFERENCE.sub(value_of, text)
