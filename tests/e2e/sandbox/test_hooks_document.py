"""The scripts of the built-in wrapper documents decide under the node's own `sh` as engine.md §13 says."""

from collections.abc import Callable

import pytest

from tests.e2e.sandbox.conftest import PATCH_FOLDER, NodeShell

HOOKS = "AWS-RunPatchBaselineWithHooks"
VERIFY, SHOULD_REBOOT = "VerifyLocalPatchStatesLinux", "VerifyIfShouldRebootLinux"
Script = Callable[..., str]


def _summary(missing: int, pending: int) -> str:
    counts = f'\\"MissingCount\\": \\"{missing}\\",\\n\\"InstalledPendingRebootCount\\": \\"{pending}\\"'
    folder = f"/{PATCH_FOLDER}"
    return f'mkdir -p {folder}; printf "{{\\n{counts}\\n}}\\n" > {folder}/patch-inventory-from-last-operation.json\n'


@pytest.mark.parametrize(
    ("operation", "reboot", "missing", "pending", "code", "words"),
    [
        ("Scan", "RebootIfNeeded", 3, 0, 168, "The operation is Scan"),
        ("Install", "RebootIfNeeded", 0, 0, 168, "there is nothing to do"),
        ("Install", "NoReboot", 0, 2, 168, "which was not asked for"),
        ("Install", "RebootIfNeeded", 0, 2, 0, "Waiting for a reboot: 2"),
        ("Install", "NoReboot", 10, 0, 0, "Missing: 10"),
    ],
)
def test_what_is_missing_decides_whether_to_go_on(
    db: NodeShell, step_script: Script, operation: str, reboot: str, missing: int, pending: int, code: int, words: str
) -> None:
    script = step_script(HOOKS, VERIFY, Operation=operation, RebootOption=reboot)

    done = db.sh(_summary(missing, pending) + script)

    assert (done.returncode, done.stderr) == (code, "")
    assert words in done.stdout


@pytest.mark.parametrize(
    ("reboot", "pending", "code"), [("NoReboot", 3, 168), ("RebootIfNeeded", 0, 168), ("RebootIfNeeded", 3, 0)]
)
def test_what_waits_decides_whether_to_reboot(
    db: NodeShell, step_script: Script, reboot: str, pending: int, code: int
) -> None:
    done = db.sh(_summary(0, pending) + step_script(HOOKS, SHOULD_REBOOT, RebootOption=reboot))

    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize("step", [VERIFY, SHOULD_REBOOT])
@pytest.mark.parametrize("state", ["absent", "spoilt"])
def test_without_a_readable_report_the_document_fails_and_says_why(
    db: NodeShell, step_script: Script, step: str, state: str
) -> None:
    script = step_script(HOOKS, step, Operation="Install", RebootOption="RebootIfNeeded")
    spoil = f"mkdir -p /{PATCH_FOLDER}; echo > /{PATCH_FOLDER}/patch-inventory-from-last-operation.json\n"

    done = db.sh((spoil if state == "spoilt" else "") + script)

    assert done.returncode == 169
    assert "report of the" in done.stderr or "left no report" in done.stderr


def test_the_patch_documents_script_calls_the_patch_program(web: NodeShell, step_script: Script) -> None:
    script = step_script("AWS-RunPatchBaseline", "PatchLinux", Operation="Scan", RebootOption="NoReboot", SnapshotId="")

    done = web.sh(script)

    assert done.returncode == 0, done.stderr
    assert web.counts["missing"] == 4


def test_the_reboot_document_asks_for_a_reboot_once(web: NodeShell, step_script: Script) -> None:
    script = step_script("AWS-InstanceRebootWithHooks", "VerifyPendingRebootPatchesAndRebootLinux")
    unscanned = web.sh(script).returncode
    web.patch("Scan")
    nothing_waits = web.sh(script).returncode
    web.patch("Install")
    asked, asked_again = web.sh(script).returncode, web.sh(script).returncode

    web.reboot()

    assert (unscanned, nothing_waits, asked, asked_again) == (169, 168, 194, 194)
    assert web.sh(script).returncode == 0
