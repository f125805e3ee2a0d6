"""Child processes: their end, their time limit, their cancellation."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.engine.cancel import CancelToken
from patchgui.agent.engine.process import CannotStart, Ending, Stop, run_process

Run = Callable[..., tuple[Ending, bytes, bytes]]


@pytest.fixture(params=["announced", "polled", "here"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a line of shell: on a kernel that announces the end of a process, on one that doesn't, and where we are."""
    if request.param == "here":
        monkeypatch.chdir("/")
    else:
        monkeypatch.chdir("/proc")
    if request.param == "polled":

        def missing(*_: object) -> int:
            raise OSError(38, "Function not implemented")

        monkeypatch.setattr(os, "pidfd_open", missing)

    def run_it(line: str, time_limit_s: float = 20, cancel: CancelToken | None = None, **options: Any) -> Any:
        out, err = bytearray(), bytearray()
        takers: list[Callable[[bytes], None]] = [out.extend, err.extend]
        ending = run_process(
            ["/bin/sh", "-c", line],
            cwd=options.get("cwd", Path("/")),
            environment={"PATH": os.environ["PATH"]},
            on_start=lambda: None,
            on_output=options.get("takers", takers),
            time_limit_s=time_limit_s,
            cancel=cancel,
        )
        return ending, bytes(out), bytes(err)

    return run_it


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_streams_are_kept_apart_and_the_exit_code_is_told(run: Run) -> None:
    assert run("echo out; echo err >&2; exit 7") == (Ending(exit_code=7), b"out\n", b"err\n")


def test_input_is_empty(run: Run) -> None:
    assert run("cat; echo done")[1] == b"done\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("KILL", "killed"), ("SEGV", "segmentation fault"), ("TERM", "terminated"), ("XCPU", "CPU time limit exceeded")],
)
def test_signal_is_named(run: Run, name: str, text: str) -> None:
    ending, _, _ = run(f"ulimit -c 0; kill -{name} $$")
    assert (ending.exit_code, ending.signal_text, ending.stopped) == (-1, text, None)


def test_signals_that_python_ignores_end_a_script(run: Run) -> None:
    ignored = int(run("grep SigIgn /proc/$$/status")[1].split()[1], 16)
    assert ignored & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1) == 0
    assert run("yes | head -1") == (Ending(), b"y\n", b"")


def test_nothing_but_the_three_streams_is_inherited(run: Run) -> None:
    with open("/dev/null") as _:  # noqa: PTH123 - any open file
        assert run("ls /proc/$$/fd")[1] == b"0\n1\n2\n"


def test_process_leads_a_group_of_its_own(run: Run) -> None:
    assert run("[ $(ps -o pgid= -p $$) = $$ ] && echo leads")[1] == b"leads\n"


def test_time_limit_kills_the_whole_group_at_once(run: Run) -> None:
    started = time.monotonic()
    ending, out, _ = run("trap 'echo trapped' TERM EXIT; sleep 60 & echo $!; wait; echo after", time_limit_s=0.5)
    assert ending.stopped is Stop.TIME_LIMIT
    assert time.monotonic() - started < 5
    child = int(out)
    wait_until(lambda: not is_alive(child))


def test_background_child_that_keeps_the_output_holds_the_step(run: Run) -> None:
    ending, out, _ = run("(sleep 0.4; echo late) & echo early")
    assert (ending.exit_code, out) == (0, b"early\nlate\n")


def test_process_that_closes_its_output_is_still_waited_for(run: Run) -> None:
    ending, _, _ = run("exec >&- 2>&-; sleep 0.3; exit 9")
    assert ending.exit_code == 9


def test_time_limit_counts_for_a_background_child_that_keeps_the_output(run: Run) -> None:
    ending, out, _ = run("sleep 60 & echo $!", time_limit_s=0.5)
    assert ending.stopped is Stop.TIME_LIMIT
    wait_until(lambda: not is_alive(int(out)))


def test_child_in_a_session_of_its_own_survives_the_kill(run: Run) -> None:
    ending, out, _ = run("setsid sh -c 'echo $$; exec sleep 60' & sleep 60", time_limit_s=1)
    pid = int(out)
    assert ending.stopped is Stop.TIME_LIMIT
    assert is_alive(pid)
    os.kill(pid, signal.SIGKILL)


def test_cancelling_from_another_thread_stops_it(run: Run) -> None:
    cancel = CancelToken()
    out = threading.Event()

    def cancel_when_it_writes() -> None:
        out.wait()
        cancel.cancel()

    threading.Thread(target=cancel_when_it_writes).start()
    ending, _, _ = run("echo x; sleep 60", cancel=cancel, takers=[lambda _: out.set(), lambda _: None])
    assert ending.stopped is Stop.CANCELLED


def test_cancelled_before_it_starts_stops_it(run: Run) -> None:
    cancel = CancelToken()
    cancel.cancel()
    cancel.cancel()
    assert run("sleep 60", cancel=cancel)[0].stopped is Stop.CANCELLED


def test_whoever_takes_the_output_may_break_and_nothing_stays_behind(run: Run) -> None:
    def break_down(data: bytes) -> None:
        raise RuntimeError(data.decode())

    with pytest.raises(RuntimeError) as caught:
        run("echo $$; sleep 60", takers=[break_down, lambda _: None])
    wait_until(lambda: not is_alive(int(str(caught.value))))


@pytest.mark.parametrize("cwd", ["/proc/missing", "/etc/passwd"])
def test_start_that_fails_says_why(run: Run, cwd: str) -> None:
    with pytest.raises(CannotStart, match=cwd):
        run("true", cwd=Path(cwd))


def test_much_output_passes_whole(run: Run) -> None:
    _, out, err = run("head -c 3000000 /dev/zero; head -c 2000000 /dev/zero >&2")
    assert (len(out), len(err)) == (3_000_000, 2_000_000)


def test_no_descriptor_is_left_open(run: Run) -> None:
    run("true")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        run("true")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_threads_that_write_and_start_scripts_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Without the lock a script may be held open for writing by another thread's child: "Text file busy"."""
    from patchgui.agent.engine.process import writing_or_starting

    failures: list[str] = []

    def many(number: int) -> None:
        for turn in range(25):
            path = tmp_path / f"{number}-{turn}"
            with writing_or_starting:
                path.write_text("#!/bin/sh\nexit 0\n")
                path.chmod(0o700)
            ending = run_process(
                [str(path)], cwd=tmp_path, environment={}, on_start=lambda: None,
                on_output=(lambda _: None, lambda _: None), time_limit_s=20, cancel=None,
            )  # fmt: skip
            if ending != Ending():
                failures.append(f"{ending}")

    threads = [threading.Thread(target=many, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what a killed process does when the kernel gets to it."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        subprocess.run(["/bin/true"], check=True)
