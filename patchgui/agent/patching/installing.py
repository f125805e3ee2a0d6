"""Installing patches with apt-get."""

import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

from patchgui.agent.patching.assessment import Patch
from patchgui.agent.patching.baseline import Baseline
from patchgui.agent.patching.inventory import Installed
from patchgui.agent.patching.refresh import ENVIRONMENT
from patchgui.agent.patching.trouble import explain, telling_lines

_DOING = "Installing patches"
_UNSOLVABLE = ("unmet dependencies", "held broken packages", "but remove is disabled", "Held packages were changed")
"""What apt says when the wanted versions do not go together."""


class Outcome(NamedTuple):
    """What became of the patches: those that went in, and those dropped because others would break, with the reason."""

    installed: tuple[Patch, ...]
    dropped: tuple[tuple[Patch, str], ...] = ()


def repair(interrupted: Sequence[str]) -> None:
    """Finish what an interrupted installation left half done.

    Raises:
        Trouble: it could not be finished.
    """
    print(f"An earlier installation was interrupted at {', '.join(interrupted)}: finishing it first.", flush=True)
    code, words = _run("dpkg", "--configure", "-a", "--force-confdef", "--force-confold")
    if code:
        raise explain(words, "Finishing the interrupted installation")


def install(patches: Sequence[Patch], lock_timeout_s: str, baseline: Baseline) -> Outcome:
    """Install patches at once; those that would break or remove others are left out.

    A baseline that blocks rejected patches also leaves out what would bring one of these in.

    Raises:
        Trouble: nothing, or not all, could be installed.
    """
    guarded = baseline.blocks_rejected and bool(baseline.rejected)
    words = _objection(patches, baseline) if guarded else ""
    if not words:
        code, words = _apt_install(patches, lock_timeout_s)
        if not code:
            return Outcome(tuple(patches))
        if not any(sign in words for sign in _UNSOLVABLE):
            raise explain(words, _DOING)
    print("These patches do not go together: looking for the ones that stand in the way.", flush=True)
    kept, dropped = _solvable(patches, baseline)
    if not kept:
        raise explain(words, _DOING)
    code, words = _apt_install(kept, lock_timeout_s)
    if code:
        raise explain(words, _DOING)
    return Outcome(tuple(kept), tuple(dropped))


def _solvable(patches: Sequence[Patch], baseline: Baseline) -> tuple[list[Patch], list[tuple[Patch, str]]]:
    """Take patches one by one into a set that apt can install; return it, and the others with the reason."""
    kept: list[Patch] = []
    dropped = []
    for patch in patches:
        if words := _objection([*kept, patch], baseline):
            dropped.append((patch, " ".join(telling_lines(words, 3))))
        else:
            kept.append(patch)
    return kept, dropped


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
    # The operator's own settings files stay; a new one from the package lies beside them (engine.md §12.7).
    options = ("Dpkg::Options::=--force-confdef", "Dpkg::Options::=--force-confold", "Dpkg::Use-Pty=0")
    words = tuple(word for option in (*options, f"DPkg::Lock::Timeout={lock_timeout_s}") for word in ("-o", option))
    return ("apt-get", "install", "-y", "-q", "--only-upgrade", "--no-remove", *words)


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
