"""What this machine says of its Linux distribution."""

import platform
from functools import cache


@cache
def os_release() -> dict[str, str]:
    """Return what this machine says of its distribution."""
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
