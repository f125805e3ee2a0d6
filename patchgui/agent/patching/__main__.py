"""The patch program: ``--operation Scan|Install --reboot-option RebootIfNeeded|NoReboot …``.

Runs as a module, or as a file with ``python -I -S``, which starts in half the time.
"""

import sys

if not __package__:
    # Run as a file: the package lies three folders up. No pathlib for that, it would cost as much as all of apt-cache.
    sys.path.insert(0, __file__.rsplit("/", 4)[0])


def main() -> int:
    """Let apt refresh its lists while the rest of the program loads, then do the operation."""
    from patchgui.agent.patching import refresh

    early = refresh.start() if refresh.is_needed() and not refresh.is_resuming() else None
    from patchgui.agent.patching.operation import run

    return run(sys.argv[1:], early)


if __name__ == "__main__":
    sys.exit(main())
