"""One operation from beginning to end: refresh, read, assess, install, record, and say whether to reboot."""

import errno
import os
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from patchgui.agent.patching import (
    assessment,
    installing,
    inventory,
    options,
    override,
    reboot,
    records,
    refresh,
    reporting,
    wording,
)
from patchgui.agent.patching.assessment import FAILED, INSTALLED, INSTALLED_PENDING_REBOOT, MISSING, Patch
from patchgui.agent.patching.baseline import Baseline, default_baseline, read_baseline
from patchgui.agent.patching.installing import Dropped
from patchgui.agent.patching.options import Options
from patchgui.agent.patching.reporting import Operation
from patchgui.agent.patching.trouble import Trouble, explain, is_lock

_LOCK_POLL_S = 0.5


def run(argv: list[str], early: refresh.Refresh | None) -> int:
    """Do what the command line says; return the exit status.

    Args:
        argv: the command line without the program's name.
        early: the fetching of package lists, if it was started already.
    """
    try:
        try:
            return _run(options.parse(argv), early)
        finally:
            if early is not None:
                # An apt-get left alone would hold the lock against whoever comes next.
                early.finish()
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return trouble.code
    except OSError as error:
        reason = "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else str(error)
        print(f"The records of patching could not be written: {reason}.", file=sys.stderr)
        return 1


def _run(asked: Options, early: refresh.Refresh | None) -> int:
    mark = reboot.find()
    if mark is not None:
        if mark.is_of_this_command:
            return _resume(mark)
        reboot.forget()
    override.check_options(asked.install_override_list, asked.baseline_override)
    if asked.is_install and os.geteuid() != 0:
        raise Trouble(
            "Installing patches needs root. Run the agent as root, best as its systemd service; any user may scan."
        )
    started_at = time.time()
    _refresh(early, asked)
    baseline = _baseline(asked)
    print(f"{asked.operation} on {os.uname().nodename} against {baseline.name}.", flush=True)
    # An Install finds broken dependencies by itself.
    found = inventory.read() if asked.is_install else inventory.read_checked()
    repaired = found.interrupted if asked.is_install else ()
    if repaired:
        installing.repair(found)
        found = inventory.read()
    if baseline.asks_for_release_times:
        found = inventory.with_release_times(found)
    wanted = override.read_patterns(asked.install_override_list) if asked.install_override_list else None
    patches = assessment.assess(found, baseline, wanted if asked.is_install else None)
    print(wording.found(patches, assessment.newer_but_not_approved(found, patches)), flush=True)
    if found.interrupted:
        names = ", ".join(found.interrupted)
        print(f"An installation was interrupted at {names}; the next Install finishes it.", flush=True)
    work = _install(asked, baseline, patches, repaired) if asked.is_install else _Work(patches)
    return _record(asked, baseline, started_at, work)


class _Work(NamedTuple):
    """What an installation came to: how the packages stand, the titles that went in, and what did not go well."""

    patches: list[Patch]
    went_in: frozenset[str] = frozenset()
    dropped: tuple[Dropped, ...] = ()
    trouble: Trouble | None = None


def _install(asked: Options, baseline: Baseline, patches: list[Patch], repaired: Sequence[str]) -> _Work:
    """Install what is missing; what was finished for an interrupted installation counts as installed now, too."""
    missing = [patch for patch in patches if patch.state == MISSING]
    dropped: tuple[Dropped, ...] = ()
    trouble: Trouble | None = None
    if missing:
        try:
            dropped = installing.install(missing, asked.lock_timeout_s, baseline)
        except Trouble as error:
            # Some may have gone in before it failed: the records tell what is there now.
            trouble = error
        patches = _after_install(patches)
    wanted = {patch.title for patch in missing}
    went_in = {
        patch.title
        for patch in patches
        if patch.state != FAILED and (patch.title in wanted or patch.package.name in repaired)
    }
    return _Work(patches, frozenset(went_in), dropped, trouble)


def _record(asked: Options, baseline: Baseline, started_at: float, work: _Work) -> int:
    """Write the records and return the exit status.

    Raises:
        Trouble: the installation did not go well; the records are written all the same.
    """
    known = records.read(time.time())
    pending = work.went_in.union(known.still_pending(reboot.booted_at()))
    patches = [_pending(patch, pending) for patch in work.patches]
    ended_at = time.time()
    counts = bool(work.went_in) or (asked.is_install and not asked.may_reboot)
    without_reboot_at = ended_at if counts else known.installed_without_reboot_at
    operation = Operation(asked, baseline, started_at, ended_at, without_reboot_at, asked.install_override_list)
    reporting.write(operation, patches)
    print(wording.done(patches), flush=True)
    for dropped in work.dropped:
        print(f"Not installed: {dropped.patch.title}. {dropped.reason}", file=sys.stderr)
    if work.trouble is not None:
        raise work.trouble
    return _exit(asked, patches, was_dropped=bool(work.dropped))


def _exit(asked: Options, patches: Sequence[Patch], *, was_dropped: bool) -> int:
    """Decide on the reboot and return the exit status; 194 asks for it."""
    waits = any(patch.state == INSTALLED_PENDING_REBOOT for patch in patches)
    if words := wording.waiting(patches, reboot.packages_that_ask()):
        print(words, flush=True)
    if not (waits and asked.may_reboot):
        return 1 if was_dropped else 0
    print("Rebooting the node.", flush=True)
    reboot.ask(195 if was_dropped else 194)
    return reboot.ASK_FOR_REBOOT


def _resume(mark: reboot.Mark) -> int:
    """Go on after the reboot that this command asked for."""
    if not mark.was_rebooted:
        if mark.is_spent:
            reboot.forget()
            raise Trouble(f"The node was asked to reboot {mark.times} times and did not.", 3)
        print("The node has not rebooted yet: asking again.", flush=True)
        reboot.ask(mark.code)
        return reboot.ASK_FOR_REBOOT
    reboot.forget()
    settled = reporting.settle_after_reboot()
    print(f"The node has rebooted; patches that waited for it: {settled}.", flush=True)
    return mark.exit_code


def _refresh(early: refresh.Refresh | None, asked: Options) -> None:
    """Have the package lists fetched; another program's lock is waited for, for as long as asked.

    Raises:
        Trouble: they could not be fetched.
    """
    if not refresh.is_needed():
        if os.geteuid() != 0:
            print(f"This user may not refresh the package lists; they are of {_lists_age()}.", flush=True)
        return
    deadline = time.monotonic() + float(asked.lock_timeout_s)
    running = early or refresh.start()
    while running is not None:
        code, words = running.finish()
        if not code:
            refresh.remember()
            return
        if not is_lock(words) or time.monotonic() > deadline:
            raise explain(words, "Refreshing the package lists")
        time.sleep(_LOCK_POLL_S)
        running = refresh.start()


def _lists_age() -> str:
    try:
        fetched_at = os.stat("/var/lib/apt/lists").st_mtime  # noqa: PTH116 - pathlib loads too much
    except OSError:
        return "an unknown time"
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(fetched_at))


def _baseline(asked: Options) -> Baseline:
    release = _os_release()
    product = f"{release.get('ID', 'debian')}{release.get('VERSION_ID', '')}"
    content = records.read_json(asked.baseline) if asked.baseline else None
    own = read_baseline(content, product) if isinstance(content, dict) else default_baseline(product)
    if not asked.baseline_override:
        return own
    system = release.get("ID", "debian").upper()
    other = read_baseline(override.read_baseline(asked.baseline_override, system), product)
    return other._replace(patch_group=own.patch_group)


def _after_install(patches: Sequence[Patch]) -> list[Patch]:
    """Return the states after an installation: what was missing is in now, or has failed (engine.md §12.4)."""
    installed, _ = inventory.read_installed()
    settled = []
    for patch in patches:
        package = installed.get(patch.package.name)
        if package is None:
            continue
        if patch.state != MISSING:
            settled.append(patch._replace(package=package, version=package.version))
        elif package.version == patch.version:
            settled.append(patch._replace(package=package, state=INSTALLED))
        else:
            settled.append(patch._replace(package=package, state=FAILED))
    return settled


def _pending(patch: Patch, pending: frozenset[str]) -> Patch:
    waits = patch.title in pending and patch.state in {INSTALLED, assessment.INSTALLED_OTHER}
    return patch._replace(state=INSTALLED_PENDING_REBOOT) if waits else patch


def _os_release() -> dict[str, str]:
    try:
        with open("/etc/os-release", encoding="utf-8") as file:  # noqa: PTH123 - pathlib loads too much
            pairs = (line.rstrip().partition("=") for line in file)
            return {name: value.strip('"') for name, _, value in pairs}
    except OSError:
        return {}
