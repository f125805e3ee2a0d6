"""The state of each package against the baseline (engine.md §12.3, §12.4, §12.8)."""

from typing import NamedTuple

from patchgui.agent.patching.baseline import Baseline, matches
from patchgui.agent.patching.inventory import Installed, Inventory, Offer
from patchgui.agent.patching.versions import compare, version_key

INSTALLED = "Installed"
INSTALLED_OTHER = "InstalledOther"
INSTALLED_REJECTED = "InstalledRejected"
INSTALLED_PENDING_REBOOT = "InstalledPendingReboot"
MISSING = "Missing"
FAILED = "Failed"

NON_COMPLIANT = (INSTALLED_REJECTED, INSTALLED_PENDING_REBOOT, MISSING, FAILED)
"""The states in which a node is not as its baseline wants it."""


class Patch(NamedTuple):
    """One package of the node and how it stands; ``version`` is the one that its state speaks of."""

    package: Installed
    version: str
    state: str
    is_security: bool
    compliance_level: str = "UNSPECIFIED"

    @property
    def title(self) -> str:
        """The name that reports use."""
        return self.package.title_of(self.version)


def assess(inventory: Inventory, baseline: Baseline, override: tuple[str, ...] | None = None) -> list[Patch]:
    """Return the state of every installed package, in the order of their names.

    Args:
        inventory: what is installed and offered.
        baseline: what is approved.
        override: patterns of the only patches wanted, whatever the baseline says.
    """
    patches = []
    for name, package in sorted(inventory.installed.items()):
        offers = inventory.offers.get(name, ())
        patch = _assess(package, offers, baseline) if override is None else _overridden(package, offers, override)
        # What was left half done is not there yet, whatever its version says; the next Install finishes it.
        patches.append(patch._replace(state=MISSING) if name in inventory.interrupted else patch)
    return patches


def _assess(package: Installed, offers: tuple[Offer, ...], baseline: Baseline) -> Patch:
    for offer in _newest_first(package, offers):
        if level := baseline.approval(package, offer):
            return Patch(package, offer.version, MISSING, offer.is_security, level)
    present = _present(package, offers)
    if level := baseline.approval(package, present):
        return Patch(package, package.version, INSTALLED, present.is_security, level)
    rejected = baseline.blocks_rejected and baseline.rejects(package, package.version)
    state = INSTALLED_REJECTED if rejected else INSTALLED_OTHER
    return Patch(package, package.version, state, present.is_security)


def _overridden(package: Installed, offers: tuple[Offer, ...], wanted: tuple[str, ...]) -> Patch:
    """Return the state when only listed patches count."""
    for offer in _newest_first(package, offers):
        if matches(wanted, package, offer.version):
            return Patch(package, offer.version, MISSING, offer.is_security)
    present = _present(package, offers)
    state = INSTALLED if matches(wanted, package, package.version) else INSTALLED_OTHER
    return Patch(package, package.version, state, present.is_security)


def _newest_first(package: Installed, offers: tuple[Offer, ...]) -> list[Offer]:
    newer = (offer for offer in offers if compare(offer.version, package.version) > 0)
    return sorted(newer, key=lambda offer: version_key(offer.version), reverse=True)


def _present(package: Installed, offers: tuple[Offer, ...]) -> Offer:
    return next((offer for offer in offers if offer.version == package.version), Offer(package.version, False))


def newer_but_not_approved(inventory: Inventory, patches: list[Patch]) -> list[tuple[Installed, str]]:
    """Return the packages that have a newer version which the baseline does not approve, and that version."""
    found = []
    for patch in patches:
        newer = _newest_first(patch.package, inventory.offers.get(patch.package.name, ()))
        if newer and patch.state != MISSING:
            found.append((patch.package, newer[0].version))
    return found
