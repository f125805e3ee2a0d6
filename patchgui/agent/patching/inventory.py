"""What is installed on the node, and which versions its package sources offer."""

import subprocess
from typing import NamedTuple

from patchgui.agent.patching.refresh import ENVIRONMENT
from patchgui.agent.patching.release_times import read_release_times
from patchgui.agent.patching.trouble import Trouble, explain

_FIELDS = ("binary:Package", "Package", "Architecture", "Version", "Section", "Priority", "db:Status-Status")
_FORMAT = "\\t".join(f"${{{field}}}" for field in (*_FIELDS, "db-fsys:Last-Modified")) + "\\n"
_DPKG_STATUS = "/var/lib/dpkg/status"
_SETTLED = ("installed", "config-files", "not-installed", "triggers-awaited", "triggers-pending")


class Installed(NamedTuple):
    """An installed package; ``name`` is what apt calls it, ``installed_at`` is in epoch seconds, 0 if unknown."""

    name: str
    package: str
    architecture: str
    version: str
    section: str
    priority: str
    installed_at: int

    @property
    def title(self) -> str:
        """The name that reports use for this version of the package."""
        return self.title_of(self.version)

    @property
    def identifier(self) -> str:
        """The name that reports use for the package."""
        return f"{self.package}.{self.architecture}"

    def title_of(self, version: str) -> str:
        """Return the name that reports use for another version of the package."""
        return f"{self.identifier}:{version}"


class Offer(NamedTuple):
    """A version of a package, whether one of its sources is a security source, and whether it has a source at all.

    ``released_at`` is in epoch seconds, None where nobody has asked or where the package sources do not say.
    """

    version: str
    is_security: bool
    has_source: bool = True
    released_at: float | None = None


class Inventory(NamedTuple):
    """All installed packages by name, the offers for each, and packages whose installation was interrupted."""

    installed: dict[str, Installed]
    offers: dict[str, tuple[Offer, ...]]
    interrupted: tuple[str, ...]


def read() -> Inventory:
    """Read what is installed and what is offered; nothing is changed or fetched.

    Raises:
        Trouble: the package manager's own files are broken.
    """
    installed, interrupted = read_installed()
    return Inventory(installed, read_offers(installed), interrupted)


def read_checked() -> Inventory:
    """Do the same, and see that an installation could go in: best known before a hook stops an application for it.

    Raises:
        Trouble: packages depend on what is not there.
    """
    # Looking for broken dependencies takes as long as reading the offers: both run at a time.
    check = _start("apt-get", "check", "-q", "-o", "Debug::NoLocking=1")
    inventory = read()
    output, words = check.communicate()
    if check.returncode and not inventory.interrupted:
        raise explain(output + words, "Nothing can be installed")
    return inventory


def read_installed() -> tuple[dict[str, Installed], tuple[str, ...]]:
    """Return the installed packages, and the names of those that an interrupted installation left half done."""
    installed, interrupted = {}, []
    for line in _output("dpkg-query", "--show", f"--showformat={_FORMAT}").splitlines():
        name, package, architecture, version, section, priority, status, changed = line.split("\t")
        if status not in _SETTLED:
            interrupted.append(name)
        if version and status not in {"config-files", "not-installed"}:
            when = int(changed) if changed.isdigit() else 0
            installed[name] = Installed(name, package, architecture, version, section, priority, when)
    return installed, tuple(interrupted)


def read_offers(packages: dict[str, Installed]) -> dict[str, tuple[Offer, ...]]:
    """Return the versions that each package has in the package sources or installed."""
    if not packages:
        return {}
    table = _read_policy(_output("apt-cache", "policy", *packages))
    # apt drops the architecture from the name when it is the machine's own.
    return {name: table.get(name) or table.get(each.package, ()) for name, each in packages.items()}


def with_release_times(inventory: Inventory) -> Inventory:
    """Return the same with the release time of each offer whose record in the package sources tells it.

    It takes as long as reading the offers: only for a baseline that asks for it.
    """
    names = [name for name, offers in inventory.offers.items() if any(each.has_source for each in offers)]
    if not names:
        return inventory
    times = read_release_times(_output("apt-cache", "show", *names))
    offers = {
        name: tuple(
            each._replace(released_at=times.get((inventory.installed[name].package, each.version))) for each in known
        )
        for name, known in inventory.offers.items()
    }
    return inventory._replace(offers=offers)


def _read_policy(text: str) -> dict[str, tuple[Offer, ...]]:
    """Read the tables of ``apt-cache policy``: packages at column 0, versions at 5, their sources after that."""
    table: dict[str, list[Offer]] = {}
    versions: list[Offer] = []
    for line in text.splitlines():
        if line and not line[0].isspace():
            versions = table.setdefault(line.rstrip(":"), [])
        elif line[:5] in {" *** ", "     "} and not line[5:6].isspace():
            versions.append(Offer(line[5:].split()[0], is_security=False, has_source=False))
        elif line[:6].isspace() and versions:
            versions[-1] = _with_source(versions[-1], line.split()[1:])
    return {name: tuple(offers) for name, offers in table.items()}


def _with_source(offer: Offer, source: list[str]) -> Offer:
    """Add a source: a security source is called so, or is Debian's own server for them (engine.md §12.2)."""
    if source[:1] == [_DPKG_STATUS] or len(source) < 2:
        return offer
    address, archive = source[0], source[1].partition("/")[0]
    is_security = offer.is_security or "security" in archive or "security.debian.org" in address
    return offer._replace(is_security=is_security, has_source=True)


def _start(*argv: str) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            argv,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        raise Trouble(f"{argv[0]} is not on this node: only Debian, Ubuntu and their like can be patched.") from None


def _output(*argv: str) -> str:
    process = _start(*argv)
    output, words = process.communicate()
    if process.returncode:
        raise explain(words, f"Reading the packages of this node with {argv[0]}")
    return output
