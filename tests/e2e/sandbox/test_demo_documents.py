"""The hook documents of the sandbox stop the application, update it, start it and ask it over HTTP."""

from collections.abc import Callable

from tests.e2e.sandbox.conftest import NodeShell

Script = Callable[..., str]
STOP, UPDATE, START = "PatchingDemo-StopAppGracefully", "PatchingDemo-UpdateApp", "PatchingDemo-StartAppandVerify"
HEALTH = "/opt/storefront/bin/storefront health 0"


def _steps(*scripts: str) -> str:
    """Join scripts that each may end with `exit`; the exit status of each is printed."""
    return "\n".join(f"(\n{script})\necho exit $?" for script in scripts)


def test_the_boot_starts_the_application(web: NodeShell) -> None:
    done = web.sh(f"/etc/patchgui/boot; {HEALTH}")

    assert "storefront 2.4.0 started" in done.stdout
    assert "/health -> 200 OK" in done.stdout


def test_the_three_hooks_stop_update_start_and_verify(web: NodeShell, step_script: Script) -> None:
    stop = step_script(STOP, "StopApp")
    update = step_script(UPDATE, "UpdateApp")
    start = step_script(START, "StartAppAndVerify")

    done = web.sh(_steps("/etc/patchgui/boot\n", stop, HEALTH + "\n", update, start))

    lines = [line for line in done.stdout.splitlines() if line]
    assert [line for line in lines if line.startswith("exit")] == ["exit 0", "exit 0", "exit 1", "exit 0", "exit 0"]
    assert any("storefront 2.4.0 stopped" in line for line in lines)
    assert "Migrating the catalogue from schema 41 to 42" in lines
    assert any("storefront 2.4.1 started" in line for line in lines)
    assert "GET http://127.0.0.1:8080/health -> 200 OK" in lines
    assert '"version": "2.4.1", "schema": 42' in done.stdout
    assert "storefront 2.4.1 on web-1 is well." in lines


def test_the_update_refuses_while_the_application_runs(web: NodeShell, step_script: Script) -> None:
    done = web.sh(_steps("/etc/patchgui/boot\n", step_script(UPDATE, "UpdateApp")))

    assert done.stdout.splitlines()[-1] == "exit 1"
    assert "stop it before updating" in done.stderr


def test_the_hooks_may_run_again(web: NodeShell, step_script: Script) -> None:
    scripts = [step_script(STOP, "StopApp"), step_script(UPDATE, "UpdateApp"), step_script(START, "StartAppAndVerify")]

    done = web.sh(_steps(*scripts, *scripts))

    assert done.stdout.count("exit 0") == 6
    assert "storefront 2.4.1 is up to date" in done.stdout


def test_an_application_that_the_boot_started_is_only_verified(web: NodeShell, step_script: Script) -> None:
    done = web.sh(_steps("/etc/patchgui/boot\n", step_script(START, "StartAppAndVerify")))

    assert "storefront 2.4.0 is already running" in done.stdout
    assert "storefront 2.4.0 on web-1 is well." in done.stdout


def test_an_application_that_cannot_start_fails_the_hook_with_its_own_words(
    web: NodeShell, step_script: Script
) -> None:
    (web.root / "var/lib/storefront/catalogue.json").write_text("{}")

    done = web.sh(_steps(step_script(START, "StartAppAndVerify").replace("health 10", "health 0.2")))

    assert done.stdout.splitlines()[-1] == "exit 1"
    assert "storefront 2.4.0 does not answer" in done.stderr


def test_a_pid_that_another_process_has_by_now_is_left_alone(web: NodeShell) -> None:
    # Between its fork and its exec, the other process still has the command line of this script.
    begun = "until tr '\\0' ' ' < /proc/$!/cmdline | grep -q '^sleep 30 '; do :; done"
    done = web.sh(f"sleep 30 & {begun}; echo $! > /run/storefront.pid; /opt/storefront/bin/storefront stop; kill -0 $!")

    assert done.returncode == 0
    assert done.stdout == "storefront is not running\n"


def test_a_node_without_the_application_has_nothing_to_do(db: NodeShell, step_script: Script) -> None:
    scripts = [step_script(STOP, "StopApp"), step_script(UPDATE, "UpdateApp"), step_script(START, "StartAppAndVerify")]

    done = db.sh(_steps(*scripts))

    assert done.stdout.count("exit 0") == 3
    assert done.stdout.count("There is no storefront on db-1") == 3
