import os
import time
from pathlib import Path

from patchgui.agent.worker.evidence import has_begun


def script(folder: Path, *, age_s: float = 0.0) -> None:
    folder.mkdir(parents=True)
    path = folder / "_script.sh"
    path.write_text("true")
    os.utime(path, (time.time() - age_s, time.time() - age_s))


def test_without_a_script_nothing_has_happened(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()

    assert not has_begun(tmp_path, "one", "aws:runShellScript", time.time())


def test_a_script_may_have_run(tmp_path: Path) -> None:
    since = time.time()
    script(tmp_path / "a:b".replace(":", "") / "nested" / "step")

    assert has_begun(tmp_path, "a:b", "aws:runDocument", since)


def test_a_script_from_before_a_reboot_proves_nothing(tmp_path: Path) -> None:
    script(tmp_path / "one", age_s=10)

    assert not has_begun(tmp_path, "one", "aws:runShellScript", time.time())


def test_of_other_actions_nothing_is_known(tmp_path: Path) -> None:
    assert has_begun(tmp_path, "one", "aws:downloadContent", time.time())
