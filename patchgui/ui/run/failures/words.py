"""What a group of failures says, on screen and on the clipboard."""

from collections.abc import Sequence

from patchgui.patching.failures import FailureGroup
from patchgui.patching.wording import counted

_NAMED = 4
_SILENT = "It wrote nothing."
_UNREAD = "What it said is being read…"


def title_of(group: FailureGroup) -> str:
    """Return the cause in a few words."""
    if group.cause is not None:
        return group.cause.title
    return "Reading the output" if group.key.line is None else "No known cause"


def place_of(group: FailureGroup) -> str:
    """Return where it failed: ``Install failed · InstallNoReboot``."""
    return " · ".join(filter(None, (group.place, group.key.step)))


def line_of(group: FailureGroup) -> str:
    """Return the line that the nodes failed with, as the first of them said it."""
    return _UNREAD if group.key.line is None else group.line or _SILENT


def advice_of(group: FailureGroup) -> tuple[str, str]:
    """Return why it failed and what to do next; both empty where only the line itself can tell."""
    if group.cause is not None:
        return group.cause.why, group.cause.next
    if group.key.line is None:
        return "", ""
    return "", "Look at the output of one of the nodes, mend what it complains of, then retry."


def names_of(group: FailureGroup) -> str:
    """Return the first few nodes by name, and how many more there are."""
    names = [name for _instance_id, name in group.nodes[:_NAMED]]
    more = len(group.nodes) - len(names)
    return f"{', '.join(names)} and {more:,} more" if more else ", ".join(names)


def sum_of(groups: Sequence[FailureGroup]) -> str:
    """Return how many nodes failed in how many ways."""
    nodes = sum(len(group.nodes) for group in groups)
    if len(groups) == 1:
        return f"{counted(nodes, 'node')} failed, {'for the same reason' if nodes > 1 else 'for one reason'}"
    return f"{counted(nodes, 'node')} failed in {counted(len(groups), 'way')}"


def as_text(group: FailureGroup) -> str:
    """Return all of a group as text, for a ticket."""
    why, then = advice_of(group)
    nodes = "\n".join(f"  {name} ({instance_id})" for instance_id, name in group.nodes)
    parts = (
        f"{counted(len(group.nodes), 'node')}: {title_of(group)} ({place_of(group)})",
        line_of(group),
        why,
        f"What to do: {then}" if then else "",
        nodes,
    )
    return "\n".join(part for part in parts if part)
