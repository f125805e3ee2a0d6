"""The line that tells why: what apt, dpkg, dnf, zypper, Python, shells and PowerShell really print when they fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.patching.failing_line import MOST_CHARS, failing_line, normalised
from patchgui.patching.known_causes import CAUSES, cause_of_words

_APT_LOCK = """\
E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1356 (python3)
E: Unable to lock directory /var/lib/apt/lists/
"""
_DPKG_LOCK = """\
dpkg: error: dpkg database lock was locked by another process with pid 1523
Note: removing the lock file is always wrong, can damage the locked area
and the entire system. See <https://wiki.debian.org/Teams/Dpkg/FAQ#db-lock>.
"""
_NO_SPACE = """\
dpkg: error processing archive big.deb (--install):
 cannot copy extracted data for './big' to '/big.dpkg-new': failed to write (No space left on device)
Errors were encountered while processing:
 big.deb
E: Sub-process /usr/bin/dpkg returned an error code (1)
"""
_POSTINST = """\
starting
dpkg: error processing package bad-one (--configure):
 installed bad-one package post-installation script subprocess returned error exit status 7
Errors were encountered while processing:
 bad-one
E: Sub-process /usr/bin/dpkg returned an error code (1)
"""
_REFUSED = """\
W: Failed to fetch http://127.0.0.1:9/debian/dists/stable/InRelease  Could not connect to 127.0.0.1:9 (127.0.0.1).
W: Some index files failed to download. They have been ignored, or old ones used instead.
"""
_RESOLVE = """\
W: Failed to fetch http://nowhere.invalid/debian/dists/stable/InRelease  Could not resolve 'nowhere.invalid'
W: Some index files failed to download. They have been ignored, or old ones used instead.
"""
_UNMET = """\
The following packages have unmet dependencies:
 bad-two : Depends: not-there (>= 2.0) but it is not installable
E: Unmet dependencies. Try 'apt --fix-broken install' with no packages (or specify a solution).
"""
_NOT_ROOT = """\
E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)
E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?
"""
_AGENT = """\
Refreshing the package lists: the package manager is busy: process 77 (apt-get) holds its lock.
  E: Could not get lock /var/lib/apt/lists/lock. It is held by process 77 (apt-get)
  E: Unable to lock directory /var/lib/apt/lists/
failed to run commands: exit status 1"""
_TRACEBACK = """\
Traceback (most recent call last):
  File "/usr/bin/thing", line 3, in <module>
    main()
    ~~~~^^
ModuleNotFoundError: No module named 'nope'
"""
_POWERSHELL = """\
Get-Foo : The term 'Get-Foo' is not recognized as the name of a cmdlet, function, script file, or operable program.
At C:\\ProgramData\\Amazon\\SSM\\InstanceData\\i-0\\document\\orchestration\\x\\y\\_script.ps1:1 char:1
+ Get-Foo
+ ~~~~~~~
    + CategoryInfo          : ObjectNotFound: (Get-Foo:String) [], CommandNotFoundException
    + FullyQualifiedErrorId : CommandNotFoundException
"""
_PWSH = (
    "\x1b[31;1mInvoke-WebRequest: \x1b[0m_script.ps1:3\x1b[0m\n"
    "\x1b[31;1m\x1b[0m\x1b[36;1mLine |\x1b[0m\n"
    "\x1b[36;1m   3 | \x1b[0m Invoke-WebRequest http://x\n"
    "     | \x1b[31;1m ~~~~~~~~~~~\x1b[0m\n"
    "\x1b[31;1mThe remote name could not be resolved: 'x'\x1b[0m\n"
)
_DNF = """\
Errors during downloading metadata for repository 'baseos':
  - Curl error (6): Couldn't resolve host name for https://cdn.example.com/repodata/repomd.xml
Error: Failed to download metadata for repo 'baseos': Cannot download repomd.xml
"""


@pytest.mark.parametrize(
    ("stdout", "stderr", "words", "cause"),
    [
        ("Reading package lists...\n", _APT_LOCK, "E: Unable to lock directory", "locked"),
        ("", _DPKG_LOCK, "dpkg: error: dpkg database lock was locked by another process", "locked"),
        (
            "Unpacking big (1) ...\n",
            _NO_SPACE,
            "dpkg: error processing archive big.deb (--install): cannot copy",
            "no-space",
        ),
        ("", _POSTINST, "dpkg: error processing package bad-one (--configure): installed bad-one", "package-script"),
        ("", _REFUSED, "W: Failed to fetch http://127.0.0.1:9", "unreachable"),
        ("", _RESOLVE, "W: Failed to fetch http://nowhere.invalid", "dns"),
        ("Reading package lists...\n", _UNMET, "E: Unmet dependencies.", "dependencies"),
        ("", _NOT_ROOT, "E: Unable to acquire the dpkg frontend lock", "permission"),
        (
            "",
            "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem. \n",
            "E: dpkg was",
            "interrupted",
        ),
        ("", "E: The repository 'file:/srv/repo stable Release' is not signed.\n", "E: The repository", "signature"),
        (
            "",
            "E: The repository 'file:/srv/none stable Release' does not have a Release file.\n",
            "E: The",
            "unreachable",
        ),
        (
            "",
            "E: Release file for http://deb.example.org/dists/x/InRelease is expired (invalid since 3d).\n",
            "E: Rel",
            "signature",
        ),
        ("web-1: scanning\n", _AGENT, "Refreshing the package lists: the package manager is busy", "locked"),
        ("", _TRACEBACK, "ModuleNotFoundError: No module named 'nope'", None),
        ("", _POWERSHELL, "Get-Foo : The term", "no-command"),
        ("", _PWSH, "The remote name could not be resolved: 'x'", "dns"),
        ("", _DNF, "Error: Failed to download metadata for repo 'baseos'", "unreachable"),
        ("", "Error: Failed to synchronize cache for repo 'updates'\n", "Error: Failed", "unreachable"),
        ("", "Existing lock /var/run/yum.pid: another copy is running as pid 3413.\n", "Existing lock", "locked"),
        (
            "",
            "error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)\n",
            "error: can't",
            "locked",
        ),
        (
            "System management is locked by the application with pid 1234 (zypper).\n",
            "",
            "System management is",
            "locked",
        ),
        (
            "",
            "/var/lib/amazon/ssm/mi-0/document/orchestration/a/b/_script.sh: 1: foo-bar: not found\n",
            "/var/lib",
            "no-command",
        ),
        ("", "bash: line 1: foo-bar: command not found\n", "bash: line 1", "no-command"),
        ("", "cat: /etc/shadow: Permission denied\n", "cat:", "permission"),
        ("", "Exception from HRESULT: 0x8024402C\n", "Exception from HRESULT", "dns"),
        ("", "Exception from HRESULT: 0x80240FFF\n", "Exception from HRESULT", "windows-update"),
        ("", "Killed\n", "Killed", "memory"),
        (
            "",
            "+ systemctl stop app\n++ date\nno drain in 30 s\n+ exit 4\nfailed to run commands: exit status 4",
            "no drain in 30 s",
            None,
        ),
        ("disk is full on /srv\n", "failed to run commands: exit status 1", "disk is full on /srv", "no-space"),
        ("10%\r50%\rchecksum mismatch\n", "", "checksum mismatch", None),
        ("", "\n\nfailed to run commands: exit status 1\n", "", None),
        ("", "", "", None),
    ],
)
def test_the_failing_line_and_its_cause_are_found_in_what_programs_really_print(
    stdout: str, stderr: str, words: str, cause: str | None
) -> None:
    line = failing_line(stdout, stderr)
    assert line.startswith(words), line
    assert bool(line) == bool(words)
    found = cause_of_words(line)
    assert (found.key if found else None) == cause, line


def test_every_cause_says_why_and_what_to_do_next() -> None:
    assert len({cause.key for cause in CAUSES}) == len(CAUSES)
    for cause in CAUSES:
        assert cause.title
        assert cause.why.endswith("."), cause
        assert cause.next.endswith("."), cause


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1234 (apt-get)",
            "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 99 (apt-get)",
        ),
        ("curl: (7) Failed to connect to 10.0.0.4 port 80", "curl: (7) Failed to connect to 192.168.10.20 port 8080"),
        ("cannot reach ip-10-0-0-1.ec2.internal", "cannot reach ip-10-0-0-22.ec2.internal"),
        ("2026-11-26 10:00:01,123 root [ERROR]: no baseline", "2026-11-27T03:10:59Z root [ERROR]: no baseline"),
        (
            "error processing archive /var/cache/apt/archives/libssl3_3.0.15-1~deb12u1_amd64.deb (--unpack)",
            "error processing archive /var/cache/apt/archives/tar_1.34+dfsg-1.2_amd64.deb (--unpack)",
        ),
        (
            "/var/lib/amazon/ssm/mi-0123456789abcdef0/orchestration/a/x/_script.sh: line 3: foo: command not found",
            "/var/lib/amazon/ssm/i-0fedcba9876543210/orchestration/b/x/_script.sh: line 7: foo: command not found",
        ),
        (
            "Package kernel-5.14.0-70.el9 needs 12MB on the /boot filesystem",
            "Package kernel-5.14.0-71.el9 needs 40MB on the /boot filesystem",
        ),
        ("request 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed failed", "request 00000000-bbfd-4b2d-9b5d-ab8dfbbd4bed failed"),
    ],
)
def test_the_same_trouble_with_other_numbers_hosts_and_moments_is_one(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Exception from HRESULT: 0x8024402C", "Exception from HRESULT: 0x80244022"),
        ("curl: (6) failed", "curl: (7) failed"),
        ("HTTP error 404", "HTTP error 503"),
        ("[Errno 13] x", "[Errno 28] x"),
        ("foo: command not found", "bar: command not found"),
        ("No space left on device: /var/lib", "No space left on device: /boot"),
        ("3 packages failed", "3 services failed"),
        ("exit status 1", "exit status 100"),
    ],
)
def test_different_troubles_stay_apart(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_a_node_that_speaks_of_itself_by_name_says_what_others_say() -> None:
    said = {
        normalised(f"{name} did not drain", (name, "mi-0123456789abcdef0")) for name in ("shop", "db-main", "web-1")
    }
    assert said == {"‹host› did not drain"}
    assert normalised("workshop did not drain", ("shop",)) == "workshop did not drain"


_WORDS = st.sampled_from(
    [
        "E:",
        "lock",
        "/var/lib/dpkg/lock",
        "web-1",
        "10.0.0.1:80",
        "3.0.15-1~deb12u1",
        "mi-0123456789abcdef0",
        "2026-11-26",
        "10:00:01",
        "http://a.example.com/x?y=1",
        "0x8024402C",
        "‹n›",
        "[ERROR]:",
        "1.example.com",
        "fe80:0:0:1::2",
        "kernel-5.1.rpm",
        "exit status 4",
        "x9y",
    ]
)


@given(
    st.one_of(
        st.text(max_size=80), st.lists(_WORDS, max_size=8).map(" ".join), st.lists(_WORDS, max_size=5).map("".join)
    )
)
def test_normalising_again_changes_nothing(line: str) -> None:
    once = normalised(line, ("web-1",))
    assert normalised(once, ("web-1",)) == once
    assert not any(sign.isdigit() and sign.isascii() for sign in once) or len(once) <= MOST_CHARS


@given(
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.sampled_from(["pid {}", "port {} of host-{}", "{} of {} done", "took {}.{} s"]),
)
def test_numbers_never_tell_failures_apart(one: int, other: int, form: str) -> None:
    assert normalised(form.format(one, one)) == normalised(form.format(other, other))


@given(st.text(), st.text())
def test_any_output_has_at_most_one_failing_line(stdout: str, stderr: str) -> None:
    line = failing_line(stdout, stderr)
    assert len(line) <= MOST_CHARS
    assert "\n" not in line
    assert line == line.strip()
