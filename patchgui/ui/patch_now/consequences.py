"""What pressing *Patch now* will touch, in numbers: asked before anything is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from patchgui.patching.moment import moment_words
from patchgui.patching.wording import counted
from patchgui.ui.patch_now.choice import REBOOT_IF_NEEDED, Choice

if TYPE_CHECKING:
    from patchgui.console.rows import NodeRow

_NAMED = 6


@dataclass(frozen=True, slots=True)
class Consequences:
    """The question: a title, the lines under it, and the words on the button that goes ahead."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """Pairs of state (see ``state_look``) and sentence."""
    go: str


def consequences_of(nodes: "Sequence[NodeRow]", choice: Choice, patches: str = "") -> Consequences | None:
    """Return what to ask before an install on ``nodes``; None for a scan, which changes nothing.

    ``patches`` says what goes in, where that is known better than from the nodes' last scans.
    """
    if not choice.installs:
        return None
    count = len(nodes)
    lines = [("info", f"{patches or _patches(nodes)} will be installed on {_names(nodes)}.")]
    if choice.reboot == REBOOT_IF_NEEDED:
        lines.append(("rebooting", f"{_up_to(count)} will restart if an update asks for it."))
    elif moment := choice.reboot_moment(now := datetime.now().astimezone()):
        then = f", then run {choice.after_reboot}" if choice.after_reboot else ""
        told = f"{_up_to(count)} will restart {moment_words(moment, now)} if an update asks for it{then}."
        lines.append(("rebooting", told))
    else:
        lines.append(("not_needed", "No node will restart. Updates that ask for a restart stay pending."))
    hooks = [name for name in choice.hooks if name]
    if hooks:
        lines.append(("running", f"On each node these run as root: {', '.join(hooks)}."))
    offline = [row for row in nodes if not row.is_online]
    if offline:
        verb = "does" if len(offline) == 1 else "do"
        minutes = choice.delivery_timeout_s // 60
        told = f"{_names(offline)} {verb} not answer now, and will be left out after {minutes} minutes."
        lines.append(("warning", told))
    return Consequences(f"Patch {counted(count, 'node')} now?", tuple(lines), f"Patch {counted(count, 'node')}")


def _patches(nodes: "Sequence[NodeRow]") -> str:
    missing = sum(row.lacking_count or 0 for row in nodes)
    security = sum(row.security_missing or 0 for row in nodes)
    if any(row.lacking_count is None for row in nodes):
        return "What each node's baseline approves and the node lacks"
    if not missing:
        return "Nothing was missing at the last scan; what is missing by now"
    tail = f" ({security:,} security)" if security else ""
    return f"{counted(missing, 'patch', 'patches')}{tail}"


def _up_to(count: int) -> str:
    return "The node" if count == 1 else f"Up to {counted(count, 'node')}"


def _names(nodes: "Sequence[NodeRow]") -> str:
    names = [row.name or row.instance_id for row in nodes]
    if len(names) > _NAMED:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED:,} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
