"""The patch baseline: which versions of which packages are approved for a node (engine.md §12.2, §12.5)."""

import calendar
import time
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from patchgui.agent.patching.inventory import Installed, Offer
from patchgui.agent.patching.trouble import Trouble

_DAY_S = 24 * 3600


class Rule(NamedTuple):
    """One approval rule: which packages, whether other than security updates too, and how bad it is to lack them.

    ``released_before`` is in epoch seconds; None for a rule without a delay.
    """

    filters: dict[str, tuple[str, ...]]
    with_non_security: bool
    compliance_level: str
    released_before: float | None = None

    def lets_through(self, offer: Offer) -> bool:
        """Tell whether a version was released in time; one of an unknown time is taken at once, as AWS does for apt."""
        return self.released_before is None or offer.released_at is None or offer.released_at < self.released_before


class Baseline(NamedTuple):
    """A patch baseline, as far as apt can follow it, and the patch group for which the node has it."""

    baseline_id: str
    name: str
    global_filters: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    approved: tuple[str, ...]
    approved_with_non_security: bool
    approved_compliance_level: str
    rejected: tuple[str, ...]
    blocks_rejected: bool
    product: str
    patch_group: str = ""

    @property
    def asks_for_release_times(self) -> bool:
        """Whether a rule approves versions by the time of their release."""
        return any(rule.released_before is not None for rule in self.rules)

    def approval(self, package: Installed, offer: Offer) -> str:
        """Return the compliance level under which a version is approved, or nothing when it is not approved."""
        facts = {"PRODUCT": self.product, "PRIORITY": package.priority, "SECTION": package.section.rpartition("/")[2]}
        if not _match(self.global_filters, facts) or self.rejects(package, offer.version):
            return ""
        for rule in self.rules:
            is_wanted = offer.is_security or rule.with_non_security
            if is_wanted and rule.lets_through(offer) and _match(rule.filters, facts):
                return rule.compliance_level
        listed = matches(self.approved, package, offer.version)
        if listed and (offer.is_security or self.approved_with_non_security):
            return self.approved_compliance_level
        return ""

    def rejects(self, package: Installed, version: str) -> bool:
        """Tell whether a version is on the list of rejected patches."""
        return matches(self.rejected, package, version)


def default_baseline(product: str) -> Baseline:
    """Return Systems Manager's default for Debian: every security update, whatever its priority and section."""
    rule = Rule({"PRODUCT": ("*",), "PRIORITY": ("*",), "SECTION": ("*",)}, False, "UNSPECIFIED")
    return Baseline("", "the default baseline", {}, (rule,), (), False, "UNSPECIFIED", (), False, product)


def read_baseline(content: dict[str, Any], product: str) -> Baseline:
    """Read a baseline as GetPatchBaseline answers it; what is missing has Systems Manager's default.

    Raises:
        Trouble: a rule's ApproveAfterDays is no number, or its ApproveUntilDate no date.
    """
    rules = (content.get("ApprovalRules") or {}).get("PatchRules") or ()
    return Baseline(
        baseline_id=content.get("BaselineId") or "",
        name=content.get("Name") or content.get("BaselineId") or "a baseline without a name",
        global_filters=_filters(content.get("GlobalFilters")),
        rules=tuple(_rule(rule) for rule in rules),
        approved=tuple(content.get("ApprovedPatches") or ()),
        approved_with_non_security=bool(content.get("ApprovedPatchesEnableNonSecurity")),
        approved_compliance_level=content.get("ApprovedPatchesComplianceLevel") or "UNSPECIFIED",
        rejected=tuple(content.get("RejectedPatches") or ()),
        blocks_rejected=content.get("RejectedPatchesAction") == "BLOCK",
        product=product,
        patch_group=content.get("PatchGroup") or "",
    )


def matches(patterns: tuple[str, ...], package: Installed, version: str) -> bool:
    """Tell whether one of the patterns names a version of a package, in any form that Patch Manager takes for apt."""
    if not patterns:
        return False
    name, architecture = package.package, package.architecture
    spellings = (name, version, f"{name}.{architecture}", f"{name}-{version}", f"{architecture}:{version}")
    lowered = [each.lower() for each in (*spellings, package.title_of(version))]
    return any(fnmatchcase(spelling, pattern.lower()) for pattern in patterns for spelling in lowered)


def _rule(content: dict[str, Any]) -> Rule:
    level = content.get("ComplianceLevel") or "UNSPECIFIED"
    filters = _filters(content.get("PatchFilterGroup"))
    return Rule(filters, bool(content.get("EnableNonSecurity")), level, _released_before(content))


def _released_before(content: dict[str, Any]) -> float | None:
    """Return the moment before which a version must have been released, in epoch seconds (engine.md §12.5)."""
    until, days = content.get("ApproveUntilDate"), content.get("ApproveAfterDays")
    try:
        if until:
            # The whole day counts.
            return float(calendar.timegm(time.strptime(until, "%Y-%m-%d")) + _DAY_S)
        # Without a delay nobody need ask when anything was released.
        return time.time() - int(days) * _DAY_S if days else None
    except (TypeError, ValueError, OverflowError):
        wrong = f"ApproveUntilDate {until!r}" if until else f"ApproveAfterDays {days!r}"
        raise Trouble(
            f"The patch baseline's {wrong} can't be read. Give a date like 2026-07-07, or a number of days."
        ) from None


def _filters(content: dict[str, Any] | None) -> dict[str, tuple[str, ...]]:
    return {each["Key"]: tuple(each.get("Values") or ()) for each in (content or {}).get("PatchFilters") or ()}


def _match(filters: dict[str, tuple[str, ...]], facts: dict[str, str]) -> bool:
    """Tell whether all filters let a package through; filters that apt knows nothing of let none."""
    for key, values in filters.items():
        fact = facts.get(key, "").lower()
        if "*" not in values and not any(fact == value.lower() for value in values):
            return False
    return True
