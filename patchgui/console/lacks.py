"""What is not shown or not offered because the profile lacks a permission for it."""

from patchgui.ssm.errors import AccessDenied


class Lacks:
    """What is kept away on one connection, and the permission that would bring it.

    What is kept away begins a sentence, as in ``Names and tags from EC2 are not shown``.
    """

    def __init__(self) -> None:
        self._action_for: dict[str, str] = {}

    def note(self, kept_away: str, denied: AccessDenied) -> None:
        """Remember a refusal."""
        self._action_for[kept_away] = denied.action

    def forget(self, kept_away: str) -> None:
        """Take note that it may be read: the permission was granted meanwhile."""
        self._action_for.pop(kept_away, None)

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence for each thing that is kept away; it names the missing permission."""
        return tuple(f"{what}: this profile lacks {action}." for what, action in self._action_for.items())
