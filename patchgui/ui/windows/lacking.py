"""Errors of this page in short words: a missing permission is named, not told at length."""

from patchgui.ssm.errors import AccessDenied, PatchError
from patchgui.ui.errors import Trouble, trouble_of


def short_trouble(error: PatchError, what: str) -> Trouble:
    """Return how to show an error; ``what`` begins the sentence on a missing permission: ``Not shown``."""
    if isinstance(error, AccessDenied):
        return Trouble(f"{what}: this {lack_words(error)}", error.hint, str(error))
    return trouble_of(error)


def lack_words(denied: AccessDenied) -> str:
    """Return what the profile lacks, without the first word: ``profile lacks ssm:UpdateMaintenanceWindow``."""
    return f"profile lacks {denied.action}."
