"""The sandbox's package repository: the packages are built with dpkg-deb, the indexes with apt-ftparchive."""

import os
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from patchgui.agent.sandbox.definition import PackageDefinition, Suite
from patchgui.ssm.errors import SandboxUnavailable

_CONTROL = """\
Package: {package.name}
Version: {version}
Architecture: all
Maintainer: Patch Now sandbox <sandbox@localhost>
Section: {package.section}
Priority: {package.priority}
{depends}Description: {package.summary}
 A package of a Patch Now sandbox node; it holds nothing but its version.
"""

_REBOOT = """\
#!/bin/sh
# As Debian's own kernel packages do: whoever patches the node sees that it has to be restarted.
if [ "$1" = configure ] && [ -n "$2" ]; then
    touch /run/reboot-required
    grep -qsx {package.name} /run/reboot-required.pkgs || echo {package.name} >> /run/reboot-required.pkgs
fi
"""

_RELEASE = {
    "Origin": "Patch Now sandbox",
    "Label": "Patch Now sandbox",
    "Architectures": "all",
    "Components": "main",
}


def build(packages: Sequence[PackageDefinition], folder: Path) -> None:
    """Build every version of every package, and the indexes of the three suites.

    Args:
        packages: what to build.
        folder: where the repository goes; it must not exist yet.

    Raises:
        SandboxUnavailable: a tool failed; the text has its own words.
    """
    for suite in Suite:
        (folder / "dists" / suite / "main" / "binary-all").mkdir(parents=True)
    builds = [(each, version) for each in packages for version in each.versions()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for work in [pool.submit(_build_package, package, version, folder) for package, version in builds]:
            work.result()
        for work in [pool.submit(_index, suite, folder) for suite in Suite]:
            work.result()


def package_file(package: PackageDefinition, version: str) -> Path:
    """Return where a version of a package lies in the repository, relative to its top."""
    suite = package.versions()[version]
    return Path("pool", suite, f"{package.name}_{version}_all.deb")


def _build_package(package: PackageDefinition, version: str, folder: Path) -> None:
    tree = folder / "trees" / f"{package.name}_{version}"
    control = tree / "DEBIAN"
    control.mkdir(parents=True)
    depends = f"Depends: {package.depends}\n" if package.depends else ""
    _write(control / "control", _CONTROL.format(package=package, version=version, depends=depends))
    if package.needs_reboot:
        _write(control / "postinst", _REBOOT.format(package=package))
    if package.conffile:
        conffile = Path("etc", f"{package.name}.conf")
        _write(control / "conffiles", f"/{conffile}\n")
        _write(tree / conffile, package.conffile)
    _write(tree / "opt" / package.name / "VERSION", f"{version}\n")
    archive = folder / package_file(package, version)
    archive.parent.mkdir(parents=True, exist_ok=True)
    # Nothing is gained by compressing a few hundred bytes, and a process of its own is saved.
    _run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(archive)], folder)


def _index(suite: Suite, folder: Path) -> None:
    dist = folder / "dists" / suite
    (folder / "pool" / suite).mkdir(parents=True, exist_ok=True)
    packages = _run(["apt-ftparchive", "packages", f"pool/{suite}"], folder)
    (dist / "main" / "binary-all" / "Packages").write_bytes(packages)
    fields = {**_RELEASE, "Suite": suite, "Codename": f"sandbox{suite.removeprefix('stable')}"}
    options = [f"-oAPT::FTPArchive::Release::{name}={value}" for name, value in fields.items()]
    (dist / "Release").write_bytes(_run(["apt-ftparchive", *options, "release", str(dist)], folder))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.parent.chmod(0o755)
    path.chmod(0o755 if text.startswith("#!") else 0o644)


def _run(argv: Iterable[str], folder: Path) -> bytes:
    done = subprocess.run(list(argv), cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip()
        raise SandboxUnavailable(f"The packages of the sandbox could not be built: {words}", log_detail=repr(argv))
    return done.stdout
