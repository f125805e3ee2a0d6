"""What an operation says to whoever reads the step's output."""

from collections.abc import Sequence

from patchgui.agent.patching.assessment import FAILED, INSTALLED_PENDING_REBOOT, MISSING, Patch
from patchgui.agent.patching.inventory import Installed
from patchgui.agent.patching.reporting import count

_MOST_LINES = 40


def found(patches: Sequence[Patch], not_approved: Sequence[tuple[Installed, str]]) -> str:
    """Say what a scan found."""
    missing = [patch for patch in patches if patch.state == MISSING]
    lines = [f"Missing: {len(missing)}"]
    lines += _table([(patch.package.name, patch.package.version, patch.version, _kind(patch)) for patch in missing])
    if not_approved:
        lines.append(f"Newer, but not approved by the baseline: {len(not_approved)}")
        lines += _table([(package.name, package.version, newer, "") for package, newer in not_approved])
    return "\n".join(lines)


def done(patches: Sequence[Patch]) -> str:
    """Say how the node stands at the end."""
    counts = count(patches)
    text = f"Installed: {counts['installed']}. Installed, not from the baseline: {counts['installed_other']}."
    for name, word in (("missing", "Missing"), ("failed", "Failed"), ("installed_rejected", "Installed but rejected")):
        if counts[name] or name == "missing":
            text += f" {word}: {counts[name]}."
    if counts["installed_pending_reboot"]:
        text += f" Waiting for a reboot: {counts['installed_pending_reboot']}."
    return text


def waiting(patches: Sequence[Patch], asking: Sequence[str]) -> str:
    """Say which patches wait for a reboot, and which packages ask for one themselves."""
    names = [patch.package.name for patch in patches if patch.state == INSTALLED_PENDING_REBOOT]
    lines = [f"Waiting for a reboot: {', '.join(names)}"] if names else []
    if asking:
        lines.append(f"A restart is asked for by: {', '.join(asking)}")
    return "\n".join(lines)


def failed(patches: Sequence[Patch]) -> str:
    """Say which patches did not go in."""
    return "\n".join(f"  {patch.title}" for patch in patches if patch.state == FAILED)


def _kind(patch: Patch) -> str:
    return ("security, " if patch.is_security else "") + patch.package.priority


def _table(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    name, old, new = widths
    lines = [f"  {row[0]:{name}}  {row[1]:{old}} -> {row[2]:{new}}  {row[3]}".rstrip() for row in rows[:_MOST_LINES]]
    return lines + ([f"  and {len(rows) - _MOST_LINES} more"] if len(rows) > _MOST_LINES else [])
