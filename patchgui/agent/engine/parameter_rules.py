"""The rules that a declared parameter makes for its value (engine.md §2.8, §2.9)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from patchgui.agent.engine.document import Declaration
from patchgui.agent.engine.values import compact_json, in_text, shown
from patchgui.patching.go_regexp import go_regexp

_INT32 = 2**31


class _Broken(Exception):
    """A value breaks a rule; the text says which."""


def pattern_violation(value: Any, declared: Declaration) -> str:
    """Return what is wrong with a value under ``allowedPattern``; empty when nothing is."""
    return _violation(_check_pattern, value, declared)


def can_judge(declared: Declaration) -> bool:
    """Return whether ``allowedPattern`` is an expression to the agent; the service takes Java's, which are more."""
    try:
        _compiled(declared.allowed_pattern)
    except _Broken:
        return False
    return True


def other_violations(value: Any, declared: Declaration) -> Iterator[tuple[str, str]]:
    """Yield the real agent's name of each other rule that a value breaks, and what is wrong."""
    for name, check in _OTHER_RULES:
        if text := _violation(check, value, declared):
            yield name, text


def _violation(check: Callable[[Any, Declaration], None], value: Any, declared: Declaration) -> str:
    try:
        check(value, declared)
    except _Broken as broken:
        return str(broken)
    return ""


def _check_pattern(value: Any, declared: Declaration) -> None:
    if not declared.allowed_pattern:
        return
    pattern = _compiled(declared.allowed_pattern)
    for part, text in _texts(value, declared):
        if pattern.search(text) is None:
            raise _Broken(
                f"parameter value /{shown(part)}/ does not match the allowed pattern /{declared.allowed_pattern}/"
            )


def _compiled(pattern: str) -> Any:
    try:
        return go_regexp(pattern)
    except ValueError as error:
        raise _Broken(
            f"encountered error while compiling allowed pattern - internal error: /{pattern}/ is no expression of Go "
            f"(RE2): {error}"
        ) from error


def _check_characters(value: Any, declared: Declaration) -> None:
    if declared.type in {"Integer", "Boolean"} or not (declared.min_chars or declared.max_chars):
        return
    fewest, most = _limits(declared.min_chars, declared.max_chars)
    for _, text in _texts(value, declared):
        length = len(text.encode())
        if fewest is not None and length < fewest:
            raise _Broken(f"parameter value /{text}/ is less than the min char limit /{fewest}/")
        if most is not None and length > most:
            raise _Broken(f"parameter value /{text}/ is exceeding the max chars /{most}/")


def _check_items(value: Any, declared: Declaration) -> None:
    if declared.type in {"String", "Integer", "Boolean"} or not (declared.min_items or declared.max_items):
        return
    if isinstance(value, str):
        return
    if not isinstance(value, list | Mapping):
        raise _wrong_type(value, declared)
    fewest, most = _limits(declared.min_items, declared.max_items)
    if fewest is not None and len(value) < fewest:
        raise _Broken(f"parameter value list length /{len(value)}/ is less the min item count")
    if most is not None and len(value) > most:
        # The real agent prints the limit here, not the length.
        raise _Broken(f"parameter value list length /{most}/ has exceeded the max item count")


def _check_allowed(value: Any, declared: Declaration) -> None:
    if declared.type == "Integer":
        _check_integer(value, declared)
    elif declared.type == "Boolean":
        if not isinstance(value, bool) or value is not declared.default:
            raise _Broken(f"parameter value /{shown(value)}/ not equal to default for Boolean")
    elif declared.allowed_values:
        for _, text in _texts(value, declared):
            if text not in declared.allowed_values:
                raise _Broken(
                    f"parameter value /{text}/ is not in the allowed list {shown(list(declared.allowed_values))}"
                )


def _check_integer(value: Any, declared: Declaration) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Broken(f"could not convert /{shown(value)}/ to float64 for Integer")
    if not -_INT32 < value < _INT32 - 1:
        raise _Broken(f"out-of-boundary error for parameter value /{shown(value)}/ for type Integer ")
    if shown(value) != shown(declared.default):
        raise _Broken(f"parameter value /{shown(value)}/ not equal to default /{shown(declared.default)}/ for Integer")


def _texts(value: Any, declared: Declaration) -> Iterator[tuple[Any, str]]:
    """Yield the texts that rules look at, each with what it is the text of."""
    if isinstance(value, str):
        yield value, value
    elif isinstance(value, list):
        for item in value:
            yield item, in_text(item)
    elif isinstance(value, Mapping):
        yield value, compact_json(value)
    else:
        raise _wrong_type(value, declared)


def _wrong_type(value: Any, declared: Declaration) -> _Broken:
    return _Broken(f"invalid parameter type {declared.type} with parameter value {shown(value)}")


def _limits(fewest: str, most: str) -> tuple[int | None, int | None]:
    """Return the limits; one that is no sensible whole number limits nothing."""
    return (_limit(fewest, 0) if fewest else None, _limit(most, _INT32 - 1) if most else None)


def _limit(text: str, otherwise: int) -> int:
    try:
        number = int(text)
    except ValueError:
        return otherwise
    return number if 0 <= number < _INT32 else otherwise


_OTHER_RULES = (
    ("MinMaxCharParamValidator", _check_characters),
    ("MinMaxItemParamValidator", _check_items),
    ("AllowedValueParamValidator", _check_allowed),
)
