"""The unpatched root of a sandbox node: the few files that a Debian system needs, an application, and its packages."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from patchgui.agent.sandbox import bubblewrap, definition
from patchgui.agent.sandbox.definition import PackageDefinition, Suite
from patchgui.agent.sandbox.places import OWN_FOLDERS, REPOSITORY_DIR
from patchgui.agent.sandbox.repository import package_file
from patchgui.ssm.errors import SandboxUnavailable

_FOLDERS = (
    *("etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/trusted.gpg.d", "etc/dpkg/dpkg.cfg.d"),
    *("var/cache/apt/archives/partial", "var/lib/apt/lists/partial", "var/log/apt", "var/log/amazon/ssm", "var/tmp"),
    *("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers", "var/lib/patchgui", "srv/repository"),
)

_FILES: Mapping[str, str] = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/shells": "/bin/sh\n",
    "etc/apt/sources.list": "".join(f"deb [trusted=yes] file:{REPOSITORY_DIR} {suite} main\n" for suite in Suite),
    # There is one user inside; apt could not become another. There is one source, and it does not come back by waiting.
    "etc/apt/apt.conf.d/10sandbox": (
        'APT::Sandbox::User "root";\nAcquire::Languages "none";\nAcquire::Retries "0";\n'
        'APT::Architectures { "%(architecture)s"; };\n'
    ),
    # A node is thrown away, never recovered after a power cut: waiting for the disk buys nothing.
    "etc/dpkg/dpkg.cfg.d/sandbox": "force-unsafe-io\n",
    "var/lib/dpkg/status": "",
    "var/lib/dpkg/available": "",
}

_HOST_COPIES = ("etc/ld.so.cache", "etc/localtime", "etc/debian_version")
"""What programs in ``/usr`` look up in ``/etc``: none of it is private."""

RELEASES = {"2.4.0": 41, "2.4.1": 42}
"""The two releases of storefront, and the schema of its data that each needs; the second one is only staged."""


def build(role: str, packages: Sequence[PackageDefinition], repository: Path, root: Path) -> None:
    """Make the root of a node of a role, with the first version of its packages.

    Args:
        role: what the node is for; ``web`` nodes get the storefront application.
        packages: all packages of the sandbox.
        repository: the repository that has them.
        root: where the root goes; it must not exist yet.

    Raises:
        SandboxUnavailable: a tool failed; the text has its own words.
    """
    for name in (*OWN_FOLDERS, *_FOLDERS):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name, text in _FILES.items():
        _write(root / name, text % {"architecture": _architecture()} if "%(" in text else text)
    for name in _HOST_COPIES:
        _copy_from_host(name, root)
    (root / "etc/os-release").symlink_to("/usr/lib/os-release")
    _write(root / "etc/patchgui/boot", (definition.folder() / "boot").read_text(encoding="utf-8"))
    if role == "web":
        _add_storefront(root)
    _install([repository_path(each) for each in packages if each.is_for(role)], repository, root)


def repository_path(package: PackageDefinition) -> str:
    """Return where a node finds the first version of a package."""
    return str(REPOSITORY_DIR / package_file(package, package.installed))


def name_node(root: Path, name: str, machine_id: str) -> None:
    """Write into a fresh root who the node is."""
    _write(root / "etc/hostname", f"{name}\n")
    _write(root / "etc/hosts", f"127.0.0.1 localhost {name}\n")
    _write(root / "etc/machine-id", f"{machine_id}\n")


def _add_storefront(root: Path) -> None:
    """Install the first release of the application, switched on, and stage the second."""
    shipped = definition.folder() / "storefront"
    top = root / "opt/storefront"
    (installed, staged) = RELEASES
    for version, folder in ((installed, top / "releases"), (staged, top / "staged")):
        (folder / version).mkdir(parents=True)
        _write(folder / version / "VERSION", f"{version}\n")
        _write(folder / version / "SCHEMA", f"{RELEASES[version]}\n")
        shutil.copyfile(shipped / "app.py", folder / version / "app.py")
    (top / "current").symlink_to(f"releases/{installed}")
    _write(top / "bin/storefront", (shipped / "storefront").read_text(encoding="utf-8"))
    shutil.copyfile(shipped / "health.py", top / "bin/health.py")
    catalogue = f'{{"schema": {RELEASES[installed]}, "items": ["Tea pot", "Wool blanket", "Reading lamp"]}}\n'
    _write(root / "var/lib/storefront/catalogue.json", catalogue)
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    _write(root / "etc/default/storefront", f'PYTHON="{python} -I -S"\nPORT=8080\n')
    _write(root / "etc/storefront/enabled", "")


def _install(archives: Sequence[str], repository: Path, root: Path) -> None:
    enclosure = bubblewrap.Enclosure(
        hostname="template",
        writable={Path("/", name): root / name for name in OWN_FOLDERS},
        readable={REPOSITORY_DIR: repository, **bubblewrap.alternatives()},
    )
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    program = ["dpkg", "--install", *archives]
    argv = bubblewrap.command(enclosure, environment, program)
    done = subprocess.run(argv, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        words = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise SandboxUnavailable(f"A sandbox node could not be set up: {words}", log_detail=repr(argv))


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, check=True, text=True).stdout.strip()


def _copy_from_host(name: str, root: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.copyfile(Path("/", name), root / name, follow_symlinks=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755 if text.startswith("#!") else 0o644)
