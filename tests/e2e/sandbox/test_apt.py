"""Scan and install with the real apt in a node; and what it says when it cannot."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from patchgui.patching.failing_line import failing_line
from patchgui.patching.known_causes import cause_of_words
from tests.e2e.sandbox.conftest import PATCH_FOLDER, NodeShell

SECURITY_UPDATES = {"sandbox-httpd", "sandbox-kernel", "sandbox-shell", "sandbox-tls"}


def _edit_status(web: NodeShell, package: str, change: Callable[[str], str]) -> None:
    """Change a package's entry in dpkg's own records."""
    status = web.root / "var/lib/dpkg/status"
    entries = status.read_text().split("\n\n")
    changed = [change(entry) if entry.startswith(f"Package: {package}\n") else entry for entry in entries]
    status.write_text("\n\n".join(changed))


def _known_cause(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the cause that the console tells from what was really written."""
    cause = cause_of_words(failing_line(done.stdout, done.stderr))
    return cause.key if cause is not None else ""


def _add_keeper(web: NodeShell, depends: str) -> None:
    """Add a package that no source has, so that apt cannot solve a conflict by exchanging it."""
    dpkg = web.root / "var/lib/dpkg"
    (dpkg / "info/keeper.list").write_text("/.\n")
    entry = (
        "Package: keeper\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n"
    )
    with (dpkg / "status").open("a") as status:
        status.write(f"\n{entry}Depends: {depends}\n")


def test_a_scan_reports_each_package_as_the_baseline_sees_it(web: NodeShell) -> None:
    done = web.patch("Scan")

    assert done.returncode == 0, done.stderr
    states = web.states()
    assert {name for name, state in states.items() if state == "Missing"} == SECURITY_UPDATES
    assert states["sandbox-certificates"] == "Installed"
    assert states["sandbox-editor"] == states["sandbox-timezones"] == "InstalledOther"
    assert web.counts["missing"] == web.counts["security_non_compliant"] == 4
    assert "sandbox-kernel  6.1.90-1         -> 6.1.99-1" in done.stdout


def test_a_scan_changes_nothing(web: NodeShell) -> None:
    before = web.versions()

    web.patch("Scan")

    assert web.versions() == before


def test_the_summary_has_one_count_a_line_as_the_hooks_document_picks_them(web: NodeShell) -> None:
    web.patch("Scan")

    picked = web.sh(
        f"cd /{PATCH_FOLDER}; for name in MissingCount InstalledPendingRebootCount; do"
        " cat patch-inventory-from-last-operation.json | grep $name | sed 's/[^0-9]*//g'; done"
    )

    assert picked.stdout.split() == ["4", "0"]


def test_an_install_brings_in_the_missing_patches_and_only_those(web: NodeShell) -> None:
    before = web.versions()

    done = web.patch("Install")

    assert done.returncode == 0, done.stderr
    after = web.versions()
    assert {name for name in after if after[name] != before[name]} == SECURITY_UPDATES
    assert after["sandbox-kernel"] == "6.1.99-1"


def test_what_was_installed_without_a_reboot_waits_for_one_and_then_counts_as_installed(web: NodeShell) -> None:
    web.patch("Install")
    waiting = {name for name, state in web.states().items() if state == "InstalledPendingReboot"}
    web.patch("Scan")
    still_waiting = web.counts["installed_pending_reboot"]

    web.reboot()
    web.patch("Scan")

    assert waiting == SECURITY_UPDATES
    assert still_waiting == 4
    assert web.counts["installed_pending_reboot"] == 0
    assert web.counts["installed"] == 5


def test_an_install_that_may_not_restart_is_remembered_even_if_it_finds_nothing(web: NodeShell) -> None:
    web.patch("Install")
    first = web.report["last_no_reboot_install_at"]
    web.next_command()

    web.patch("Install")

    assert web.report["last_no_reboot_install_at"] > first
    assert web.counts["installed_pending_reboot"] == 4


def test_the_package_that_needs_a_restart_is_named(web: NodeShell) -> None:
    done = web.patch("Install")

    assert "A restart is asked for by: sandbox-kernel" in done.stdout
    assert web.sh("cat /run/reboot-required.pkgs").stdout == "sandbox-kernel\n"


def test_an_install_that_may_reboot_asks_for_it_once_and_settles_after_it(web: NodeShell) -> None:
    reboot = "--reboot-option RebootIfNeeded"
    asked = web.patch("Install", reboot)
    again = web.patch("Install", reboot)

    web.reboot()
    done = web.patch("Install", reboot)

    assert (asked.returncode, again.returncode, done.returncode) == (194, 194, 0), done.stderr
    assert "asking again" in again.stdout
    assert web.counts["installed_pending_reboot"] == 0
    assert web.counts["installed"] == 5
    assert web.counts["security_non_compliant"] == 0


def test_a_node_that_never_reboots_is_given_up(web: NodeShell) -> None:
    codes = [web.patch("Install", "--reboot-option RebootIfNeeded").returncode for _ in range(6)]

    assert codes == [194, 194, 194, 194, 194, 3]


def test_a_reboot_that_a_cancelled_command_asked_for_is_no_concern_of_the_next(web: NodeShell) -> None:
    web.patch("Install", "--reboot-option RebootIfNeeded")
    web.reboot()
    web.next_command()

    done = web.patch("Scan")

    assert done.returncode == 0
    assert web.report["operation"] == "Scan"


def test_nothing_to_install_needs_no_reboot(web: NodeShell) -> None:
    web.patch("Install")
    web.reboot()
    web.next_command()

    assert web.patch("Install", "--reboot-option RebootIfNeeded").returncode == 0


def test_one_command_fetches_the_package_lists_once(web: NodeShell, tmp_path: Path) -> None:
    web.patch("Scan")

    same_command = web.without_repository(tmp_path).patch("Scan")
    web.next_command()
    next_command = web.without_repository(tmp_path).patch("Scan")

    assert (same_command.returncode, next_command.returncode) == (0, 1)


def test_the_settings_file_that_an_operator_changed_survives(web: NodeShell) -> None:
    web.sh("echo 'workers = 16' > /etc/sandbox-httpd.conf")

    web.patch("Install")

    assert (web.root / "etc/sandbox-httpd.conf").read_text() == "workers = 16\n"


def test_a_locked_package_manager_fails_the_step_and_names_the_holder(web: NodeShell) -> None:
    lock = (
        '/usr/bin/python3 -c \'import fcntl, time; f = open("/var/lib/dpkg/lock-frontend", "w"); fcntl.lockf(f, 2);'
        ' print("held", flush=True); time.sleep(60)\' > /tmp/holder & while ! grep -q held /tmp/holder; do :; done'
    )

    done = web.patch("Install", before=lock)

    assert done.returncode == 1
    assert "the package manager is busy: process" in done.stderr
    assert "python3" in done.stderr
    assert _known_cause(done) == "locked"
    assert web.counts["failed"] == 4


def test_a_lock_on_the_lists_is_waited_for(web: NodeShell) -> None:
    lock = (
        '/usr/bin/python3 -c \'import fcntl, time; f = open("/var/lib/apt/lists/lock", "w"); fcntl.lockf(f, 2);'
        ' print("held", flush=True); time.sleep(1)\' > /tmp/holder & while ! grep -q held /tmp/holder; do :; done'
    )

    assert web.patch("Scan", before=lock).returncode == 1
    assert web.patch("Scan", "--lock-timeout-s 20", before=lock).returncode == 0


def test_broken_dependencies_fail_the_scan_before_any_hook_stops_anything(web: NodeShell) -> None:
    _edit_status(web, "sandbox-shell", lambda entry: f"{entry}\nDepends: not-there")

    done = web.patch("Scan")

    assert done.returncode == 1
    assert "packages have broken dependencies" in done.stderr
    assert "not-there" in done.stderr
    assert _known_cause(done) == "dependencies"


def test_an_unreachable_package_source_fails_the_step(web: NodeShell, tmp_path: Path) -> None:
    done = web.without_repository(tmp_path).patch("Scan")

    assert done.returncode == 1
    assert "Refreshing the package lists: a package source cannot be reached" in done.stderr
    assert "file:/srv/repository" in done.stderr
    assert _known_cause(done) == "unreachable"


def test_no_network_fails_the_step(web: NodeShell) -> None:
    source = "echo 'deb [trusted=yes] http://127.0.0.1:9/debian stable main' > /etc/apt/sources.list"

    done = web.patch("Scan", before=source)

    assert done.returncode == 1
    assert "a package source cannot be reached. Check the network" in done.stderr
    assert "127.0.0.1:9" in done.stderr
    assert _known_cause(done) == "unreachable"


@pytest.mark.parametrize(
    ("folder", "doing"), [("/var/lib/apt/lists", "Refreshing the package lists"), ("/opt", "Installing patches")]
)
def test_a_full_disk_fails_the_step(web: NodeShell, folder: str, doing: str) -> None:
    done = web.patch("Install", mounts=("--size", "4096", "--tmpfs", folder))

    assert done.returncode == 1
    assert f"{doing}: the disk is full" in done.stderr
    assert _known_cause(done) == "no-space"


def test_a_full_disk_for_the_records_fails_the_step(web: NodeShell) -> None:
    done = web.patch("Scan", mounts=("--size", "4096", "--tmpfs", "/var/log/amazon/ssm"))

    assert done.returncode == 1
    assert "The records of patching could not be written: the disk is full" in done.stderr
    assert _known_cause(done) == "no-space"


@pytest.mark.parametrize(
    "status", ["install ok half-configured", "install ok unpacked", "install reinstreq half-installed"]
)
def test_an_interrupted_installation_is_finished_by_the_next_install(web: NodeShell, status: str) -> None:
    _edit_status(web, "sandbox-tls", lambda entry: entry.replace("install ok installed", status))

    scanned = web.patch("Scan")
    installed = web.patch("Install")

    assert "An installation was interrupted at sandbox-tls" in scanned.stdout
    assert installed.returncode == 0, installed.stderr
    assert "finishing it" in installed.stdout
    assert web.sh("dpkg --audit").stdout == ""
    assert web.versions()["sandbox-tls"] == "3.0.15-1~deb12u1"


def test_a_package_left_half_done_counts_as_missing_even_when_nothing_newer_is_approved(web: NodeShell) -> None:
    half = "install reinstreq half-installed"
    _edit_status(web, "sandbox-editor", lambda entry: entry.replace("install ok installed", half))

    web.patch("Scan")
    before = web.states()["sandbox-editor"]
    done = web.patch("Install")

    assert before == "Missing"
    assert done.returncode == 0, done.stderr
    assert web.versions()["sandbox-editor"] == "9.0.1378-2"
    assert web.states()["sandbox-editor"] == "InstalledPendingReboot"
    web.reboot()
    web.patch("Scan")
    assert web.states()["sandbox-editor"] == "InstalledOther"


def test_a_node_killed_in_mid_install_can_be_patched_afterwards(web: NodeShell) -> None:
    web.patch("Scan")
    argv = web.node.inside(["sh", "-c", 'eval "$PATCHGUI_PATCH" --operation Install --reboot-option NoReboot'])
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd="/") as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("Unpacking"):
                first = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
                os.kill(int(first), signal.SIGKILL)
                break
    web.reboot()

    done = web.patch("Install")

    assert done.returncode == 0, done.stderr
    assert web.versions()["sandbox-kernel"] == "6.1.99-1"
    assert web.sh("dpkg --audit").stdout == ""


def test_a_patch_that_would_break_another_package_is_left_out_and_the_rest_goes_in(web: NodeShell) -> None:
    _add_keeper(web, "sandbox-tls (= 3.0.11-1~deb12u2)")

    done = web.patch("Install")

    assert done.returncode == 1
    assert "Not installed: sandbox-tls.all:3.0.15-1~deb12u1" in done.stderr
    assert web.versions()["sandbox-kernel"] == "6.1.99-1"
    assert web.states()["sandbox-tls"] == "Failed"
    assert web.counts["failed"] == 1


def test_a_baseline_decides_what_is_missing(web: NodeShell) -> None:
    baseline = {
        "BaselineId": "pb-0123456789abcdef0",
        "Name": "everything but the kernel",
        "ApprovalRules": {
            "PatchRules": [
                {"PatchFilterGroup": {"PatchFilters": []}, "EnableNonSecurity": True, "ComplianceLevel": "CRITICAL"}
            ]
        },
        "RejectedPatches": ["sandbox-kernel"],
        "RejectedPatchesAction": "BLOCK",
    }
    (web.root / "etc/baseline.json").write_text(json.dumps(baseline))

    done = web.patch("Install", "--baseline /etc/baseline.json")

    assert "Install on web-1 against everything but the kernel." in done.stdout
    versions = web.versions()
    assert versions["sandbox-kernel"] == "6.1.90-1"
    assert versions["sandbox-editor"] == "9.0.1378-2+deb12u2"
    assert web.states()["sandbox-kernel"] == "InstalledRejected"
    assert web.report["baseline_id"] == "pb-0123456789abcdef0"


@pytest.mark.parametrize(
    "text", ['{"patches": [{"id": "sandbox-edit*", "title": "x"}]}', "patches:\n- id: sandbox-editor.all\n  title: x\n"]
)
def test_an_override_list_installs_just_what_it_names(web: NodeShell, text: str) -> None:
    before = web.versions()
    (web.root / "etc/list").write_text(text)

    done = web.patch("Install", "--install-override-list /etc/list")

    assert done.returncode == 0, done.stderr
    after = web.versions()
    assert {name for name in after if after[name] != before[name]} == {"sandbox-editor"}


def test_both_overrides_together_are_refused(web: NodeShell) -> None:
    assert web.patch("Install", "--install-override-list /a --baseline-override /b").returncode == 167


def test_a_blocking_baseline_leaves_out_what_would_bring_a_rejected_patch_in(web: NodeShell) -> None:
    _add_keeper(web, "sandbox-tls (= 3.0.11-1~deb12u2) | sandbox-editor (>= 9.0.1378-2+deb12u2)")
    (web.root / "etc/baseline.json").write_text(
        json.dumps(
            {
                "ApprovalRules": {"PatchRules": [{"PatchFilterGroup": {"PatchFilters": []}}]},
                "RejectedPatches": ["sandbox-editor"],
                "RejectedPatchesAction": "BLOCK",
            }
        )
    )

    done = web.patch("Install", "--baseline /etc/baseline.json")

    assert done.returncode == 1
    assert "It would bring in sandbox-editor, which the baseline rejects." in done.stderr
    assert web.states()["sandbox-tls"] == "Failed"
    assert web.versions()["sandbox-editor"] == "9.0.1378-2"
    assert web.versions()["sandbox-kernel"] == "6.1.99-1"
