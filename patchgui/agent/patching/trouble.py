"""What can stop an operation, said so that an operator knows what to do."""

import os

_LOCKS = (
    "/var/lib/dpkg/lock-frontend",
    "/var/lib/dpkg/lock",
    "/var/lib/apt/lists/lock",
    "/var/cache/apt/archives/lock",
)
_WRITTEN = ("/var/lib/apt/lists", "/var/cache/apt/archives", "/var/lib/dpkg", "/var/log")
_LEAST_ROOM_BYTES = 4096
_LOCKED = (
    *("Could not get lock", "Unable to lock", "is locked by another process"),
    # All that is left of it where apt has waited for the lock in vain.
    "is another process using it",
)
_FULL = ("No space left on device", "don't have enough free space", "Disk quota exceeded")
_NETWORK = (
    *(
        "Temporary failure resolving",
        "Could not resolve",
        "Could not connect",
        "Unable to connect",
        "Connection failed",
    ),
    *(
        "Connection timed out",
        "Network is unreachable",
        "Failed to fetch",
        "does not have a Release file",
        "File not found",
    ),
)
_BROKEN = (
    *("Unmet dependencies", "unmet dependencies", "held broken packages", "Broken packages", "fix-broken"),
    *("dependency problems", "pkgProblemResolver", "but remove is disabled"),
)


class Trouble(Exception):
    """The operation cannot be done. The text names what, and what to do; ``code`` is the program's exit status."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def is_lock(words: str) -> bool:
    """Tell whether apt or dpkg says that another one is at work."""
    return _has(words, _LOCKED)


def explain(words: str, doing: str) -> Trouble:
    """Return the trouble behind the words of apt or dpkg: one clear line, then their own.

    Args:
        words: what the program said on stderr.
        doing: what was being done, as in "While refreshing the package lists".
    """
    if is_lock(words):
        reason = f"the package manager is busy: {_lock_holder(words)}. Wait until it is done, then run again."
    elif _has(words, _FULL) or _is_disk_full():
        reason = "the disk is full. Make room (apt-get clean removes downloaded packages), then run again."
    elif "dpkg was interrupted" in words:
        reason = "an earlier installation was interrupted. Run dpkg --configure -a, then run again."
    elif _has(words, _BROKEN):
        reason = "packages have broken dependencies. Repair them with apt-get --fix-broken install, then run again."
    elif _has(words, _NETWORK):
        reason = "a package source cannot be reached. Check the network, the proxy and /etc/apt/sources.list."
    else:
        reason = "the package manager failed."
    own = "\n".join(f"  {line}" for line in telling_lines(words))
    return Trouble(f"{doing}: {reason}" + (f"\n{own}" if own else ""))


def telling_lines(words: str, limit: int = 12) -> list[str]:
    """Return the lines that say what is wrong: errors if there are any, else the last ones."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("E:", "dpkg: error", "Err:")) or " : " in line]
    return list(dict.fromkeys(errors))[:limit] or lines[-limit:]


def _has(words: str, signs: tuple[str, ...]) -> bool:
    return any(sign in words for sign in signs)


def _is_disk_full() -> bool:
    """Tell whether there is no room where apt and dpkg write: apt often reports what that led to instead."""
    for folder in _WRITTEN:
        try:
            room = os.statvfs(folder)
        except OSError:
            continue
        if room.f_bavail * room.f_frsize < _LEAST_ROOM_BYTES:
            return True
    return False


def _lock_holder(words: str) -> str:
    """Return who holds the lock: apt says so since 2.0, the kernel knows it for all."""
    _, found, rest = words.partition("held by process ")
    if found:
        pid, _, name = rest.partition(" ")
        name = name.partition(")")[0].lstrip("(")
        return f"process {pid} ({name}) holds its lock" if name else f"process {pid} holds its lock"
    for lock in _LOCKS:
        if holder := _holder(lock):
            return f"process {holder} ({_name(holder)}) holds {lock}"
    return "another process holds its lock"


def _holder(path: str) -> int:
    """Return the process that has a POSIX lock on a file, 0 when none has or this user may not ask."""
    import fcntl
    import struct

    # struct flock of Linux: type, whence, start, length, pid.
    layout = "hhqqi"
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return 0
    try:
        asked = struct.pack(layout, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(layout, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
    finally:
        os.close(descriptor)
    return 0 if kind == fcntl.F_UNLCK else int(pid)


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8") as file:  # noqa: PTH123 - pathlib loads too much
            return file.read().strip()
    except OSError:
        return "ended meanwhile"
