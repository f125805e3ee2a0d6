"""What apt and dpkg print is read rightly: versions, security sources, and words of trouble."""

import fcntl
from pathlib import Path

import pytest

from patchgui.agent.patching import trouble
from patchgui.agent.patching.inventory import Offer, _read_policy
from patchgui.agent.patching.options import parse
from patchgui.agent.patching.release_times import read_release_times
from patchgui.agent.patching.trouble import Trouble, explain

POLICY = """\
openssl:
  Installed: 3.0.11-1~deb12u2
  Candidate: 3.0.15-1~deb12u1
  Version table:
     3.0.15-1~deb12u1 500
        500 http://security.debian.org/debian-security bookworm-security/main amd64 Packages
     3.0.14-1~deb12u2 990
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
       1000 http://deb.debian.org/debian bookworm-updates/main amd64 Packages
 *** 3.0.11-1~deb12u2 100
        100 /var/lib/dpkg/status
libc6:i386:
  Installed: 2.36-9+deb12u4
  Candidate: 2.36-9+deb12u4
  Version table:
 *** 2.36-9+deb12u4 500
        500 http://mirror.example.org/old-security bullseye/updates/main i386 Packages
        100 /var/lib/dpkg/status
security-tool:
  Installed: (none)
  Candidate: 1
  Version table:
     1 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
"""


def test_the_version_table_of_apt_is_read() -> None:
    table = _read_policy(POLICY)

    assert table["openssl"] == (
        Offer("3.0.15-1~deb12u1", is_security=True),
        Offer("3.0.14-1~deb12u2", is_security=False),
        Offer("3.0.11-1~deb12u2", is_security=False, has_source=False),
    )


def test_a_package_of_another_architecture_keeps_its_full_name() -> None:
    assert "libc6:i386" in _read_policy(POLICY)


def test_a_package_is_no_security_update_for_its_name() -> None:
    assert _read_policy(POLICY)["security-tool"] == (Offer("1", is_security=False),)


RECORDS = """\
Package: tool
Version: 2
Date: {date}
Description: a tool
 Date: Thu, 01 Jan 2015 00:00:00 +0000

Package: tool
Version: 1
Description: a tool

"""


@pytest.mark.parametrize(
    "date",
    ["Tue, 07 Jul 2026 10:00:00 +0200", "Tue, 07 Jul 2026 08:00:00 GMT", "2026-07-07T08:00:00Z", "2026-07-07 08:00"],
)
def test_a_release_time_is_read_as_mails_and_as_iso_write_it(date: str) -> None:
    assert read_release_times(RECORDS.format(date=date)) == {("tool", "2"): 1783411200.0}


@pytest.mark.parametrize("date", ["", "yesterday", "0000-00-00", "99999999999"])
def test_a_release_time_that_is_none_is_not_known(date: str) -> None:
    assert read_release_times(RECORDS.format(date=date)) == {}


def test_of_two_records_of_a_version_the_earlier_release_counts() -> None:
    records = RECORDS.format(date="2026-07-09") + RECORDS.format(date="2026-07-07 08:00")

    assert read_release_times(records) == {("tool", "2"): 1783411200.0}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)", "812"),
        ("E: Unable to acquire the dpkg frontend lock (/x), is another process using it?", "is busy"),
        ("dpkg: error processing x: cannot copy extracted data: failed to write (No space left on device)", "disk is"),
        ("E: You don't have enough free space in /var/cache/apt/archives/.", "disk is full"),
        ("E: dpkg was interrupted, you must manually run 'dpkg --configure -a'", "dpkg --configure -a"),
        ("E: Unmet dependencies. Try 'apt --fix-broken install'", "broken dependencies"),
        ("W: Failed to fetch http://x  Temporary failure resolving 'x'", "cannot be reached"),
        ("E: The repository 'http://x stable Release' does not have a Release file.", "cannot be reached"),
        ("E: Something nobody has heard of", "the package manager failed"),
    ],
)
def test_the_reason_comes_first_and_apts_own_words_follow(words: str, expected: str) -> None:
    text = str(explain(words, "Installing patches"))

    first, _, rest = text.partition("\n")
    assert first.startswith("Installing patches: ")
    assert expected in first
    assert words in rest


def test_the_holder_of_a_lock_is_found_where_apt_does_not_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "lock"
    lock.touch()
    monkeypatch.setattr(trouble, "_LOCKS", (str(lock),))

    # Locks of one's own process are no hindrance to it, so the kernel names none.
    with lock.open("w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        text = str(explain("E: Unable to lock directory /var/lib/apt/lists/", "Refreshing"))

    assert "another process holds its lock" in text


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["--operation"],
        ["--operation", "Upgrade"],
        ["--operation", "Scan", "--what", "x"],
        ["Scan", "now"],
        ["--operation", "Install", "--reboot-option", "Always"],
    ],
)
def test_a_command_line_that_is_not_understood_is_refused(argv: list[str]) -> None:
    with pytest.raises(Trouble):
        parse(argv)


def test_a_command_line_is_read() -> None:
    options = parse(["--operation", "Install", "--snapshot-id", "", "--baseline", "/b.json"])

    assert options.is_install
    assert options.may_reboot
    assert options.baseline == "/b.json"
    assert options.snapshot_id == ""
