"""The resource groups of the fleet: each is the nodes that carry one tag."""

from collections.abc import Mapping

from patchgui.ssm.shapes import Target

GROUPS: Mapping[str, tuple[str, str]] = {
    "application-servers": ("Role", "app"),
    "databases": ("Role", "db"),
    "payments": ("Owner", "payments"),
    "production": ("Environment", "prod"),
    "shop": ("Owner", "shop"),
    "staging": ("Environment", "staging"),
    "web-servers": ("Role", "web"),
}
"""Names of groups, each with the tag that its nodes carry: key and value."""

_KEY = "resource-groups:Name"


def without_groups(target: Target) -> Target:
    """Return a target by the tag that stands for its resource group; any other target as it is.

    A group that there is not has no member.
    """
    if target.key != _KEY:
        return target
    tags = [GROUPS[name] for name in target.values if name in GROUPS]
    # A target names one group (API reference), so its tag has one key.
    key, value = tags[0] if tags else ("Name", "")
    return Target(key=f"tag:{key}", values=(value,))
