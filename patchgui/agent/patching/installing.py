"""Installing patches with apt-get."""

import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

from patchgui.agent.patching.assessment import Patch
from patchgui.agent.patching.baseline import Baseline
from patchgui.agent.patching.inventory import Installed, Inventory, read_installed
from patchgui.agent.patching.refresh import ENVIRONMENT
from patchgui.agent.patching.trouble import explain, telling_lines

_DOING = "Installing patches"
_UNSOLVABLE = ("unmet dependencies", "held broken packages", "but remove is disabled", "Held packages were changed")
"""What apt says when the wanted versions do not go together."""


# The operator's own settings files stay; a new one from the package lies beside them (engine.md §12.7).
_DPKG_OPTIONS = ("Dpkg::Options::=--force-confdef", "Dpkg::Options::=--force-confold", "Dpkg::Use-Pty=0")
_APT_INSTALL = ("apt-get", "install", "-y", "-q", *(word for option in _DPKG_OPTIONS for word in ("-o", option)))


class Dropped(NamedTuple):
    """A patch that was left out, and what stood against it."""

    patch: Patch
    reason: str


def repair(inventory: Inventory) -> None:
    """Finish what an interrupted installation left half done: configure what was unpacked, unpack the rest anew.

    Raises:
        Trouble: it could not be finished.
    """
    print(f"An earlier installation was interrupted at {', '.join(inventory.interrupted)}: finishing it.", flush=True)
    code, words = _run("dpkg", "--configure", "-a", "--force-confdef", "--force-confold")
    _, unfinished = read_installed()
    if unfinished:
        # dpkg does not configure what it was unpacking when it was stopped: that has to be unpacked again.
        again = [_obtainable(name, inventory) for name in unfinished]
        code, words = _run(*_APT_INSTALL, "--reinstall", "--fix-broken", "--allow-downgrades", *again)
    if code:
        raise explain(words, "Finishing the interrupted installation")


def _obtainable(name: str, inventory: Inventory) -> str:
    """Return what to ask apt for to have a package again: the version it had, where a source still has that."""
    package = inventory.installed.get(name)
    offers = inventory.offers.get(name, ())
    if package is None or all(offer.version != package.version or not offer.has_source for offer in offers):
        return name
    return f"{name}={package.version}"


def install(patches: Sequence[Patch], lock_timeout_s: str, baseline: Baseline) -> tuple[Dropped, ...]:
    """Install patches at once; those that would break or remove others are left out and returned.

    A baseline that blocks rejected patches also leaves out what would bring one of these in.

    Raises:
        Trouble: nothing, or not all, could be installed.
    """
    guarded = baseline.blocks_rejected and bool(baseline.rejected)
    words = _objection(patches, baseline) if guarded else ""
    if not words:
        code, words = _apt_install(patches, lock_timeout_s)
        if not code:
            return ()
        if not any(sign in words for sign in _UNSOLVABLE):
            raise explain(words, _DOING)
    print("These patches do not go together: looking for the ones that stand in the way.", flush=True)
    kept, dropped = _solvable(patches, baseline)
    if not kept:
        raise explain(words, _DOING)
    code, words = _apt_install(kept, lock_timeout_s)
    if code:
        raise explain(words, _DOING)
    return dropped


def _solvable(patches: Sequence[Patch], baseline: Baseline) -> tuple[list[Patch], tuple[Dropped, ...]]:
    """Take patches one by one into a set that apt can install; return it, and the others with the reason."""
    kept: list[Patch] = []
    dropped = []
    for patch in patches:
        if words := _objection([*kept, patch], baseline):
            dropped.append(Dropped(patch, " ".join(telling_lines(words, 3))))
        else:
            kept.append(patch)
    return kept, tuple(dropped)


def _objection(patches: Sequence[Patch], baseline: Baseline) -> str:
    """Return what stands against installing these patches together, nothing when they go in."""
    done = subprocess.run(
        [*_command("0"), "--simulate", *_wanted(patches)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=ENVIRONMENT,
        errors="replace",
    )
    if done.returncode:
        return done.stdout + done.stderr
    brought = (line.split() for line in done.stdout.splitlines() if line.startswith("Inst "))
    # Inst NAME [OLD] (NEW ORIGIN [ARCHITECTURE]); a package that is new to the node has no OLD.
    rejected = [words[1] for words in brought if baseline.blocks_rejected and _is_rejected(words, baseline)]
    return f"E: It would bring in {', '.join(rejected)}, which the baseline rejects." if rejected else ""


def _is_rejected(words: Sequence[str], baseline: Baseline) -> bool:
    name, _, architecture = words[1].partition(":")
    version = next(word[1:] for word in words if word.startswith("("))
    package = Installed(words[1], name, architecture or "all", version, "", "", 0)
    return baseline.rejects(package, version)


def _apt_install(patches: Sequence[Patch], lock_timeout_s: str) -> tuple[int, str]:
    return _run(*_command(lock_timeout_s), *_wanted(patches))


def _command(lock_timeout_s: str) -> tuple[str, ...]:
    return (*_APT_INSTALL, "--only-upgrade", "--no-remove", "-o", f"DPkg::Lock::Timeout={lock_timeout_s}")


def _wanted(patches: Sequence[Patch]) -> list[str]:
    return [f"{patch.package.name}={patch.version}" for patch in patches]


def _run(*argv: str) -> tuple[int, str]:
    """Run a program whose output goes straight to ours; return its exit status and what it said on stderr."""
    words = []
    process = subprocess.Popen(
        argv,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    assert process.stderr
    for line in process.stderr:
        words.append(line)
        sys.stderr.write(line)
        sys.stderr.flush()
    return process.wait(), "".join(words)
