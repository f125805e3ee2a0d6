"""The targets of a task: registered ones by their ids, and others as they are typed, one on a line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

REGISTERED = "WindowTargetIds"
"""The key of a target that names registered targets."""


def registered_of(targets: object) -> tuple[str, ...]:
    """Return the ids of the registered targets that a task names."""
    return tuple(value for each in _read(targets) if each.get("Key") == REGISTERED for value in _values(each))


def text_of(targets: object) -> str:
    """Return the other targets as text: ``tag:Role = web, db`` on a line of its own."""
    others = (each for each in _read(targets) if each.get("Key") != REGISTERED)
    return "\n".join(f"{each.get('Key', '')} = {', '.join(_values(each))}" for each in others)


def targets_of(registered: Iterable[str], text: str, before: object) -> list[dict[str, Any]]:
    """Return a task's targets in SSM's form; what ``before`` had of a key besides its values stays with it."""
    wanted: list[tuple[str, list[str]]] = []
    if ids := list(registered):
        wanted.append((REGISTERED, ids))
    for line in text.splitlines():
        key, _, values = line.partition("=")
        if line.strip():
            wanted.append((key.strip(), [value.strip() for value in values.split(",") if value.strip()]))
    known = {each.get("Key"): each for each in _read(before)}
    order = {key: place for place, key in enumerate(known)}
    made = [{**known.get(key, {}), "Key": key, "Values": values} for key, values in wanted]
    return sorted(made, key=lambda each: order.get(each["Key"], len(order)))


def _read(targets: object) -> Sequence[Mapping[str, Any]]:
    return [each for each in targets if isinstance(each, Mapping)] if isinstance(targets, list) else []


def _values(target: Mapping[str, Any]) -> list[str]:
    values = target.get("Values")
    return [str(value) for value in values] if isinstance(values, list) else []
