"""The patch baselines that AWS predefines, one per operating system, and which one is whose.

Rules are those of the user guide's page on predefined baselines: where release dates can be
had, patches are approved seven days after their release; Debian's and Ubuntu's repositories
have none, so their security updates are approved at once.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from patchgui.ssm.shapes import (
    GetPatchBaselineResult,
    OperatingSystem,
    PatchAction,
    PatchBaselineIdentity,
    PatchComplianceLevel,
    PatchFilter,
    PatchFilterGroup,
    PatchFilterKey,
    PatchRule,
    PatchRuleGroup,
)

_OWNER_ACCOUNT = "000000000000"
_MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)
_PRIORITIES = ("Required", "Important", "Standard", "Optional", "Extra")
_Filters = dict[PatchFilterKey, tuple[str, ...]]

_ANY_SECURITY_UPDATE: tuple[tuple[_Filters, int], ...] = (({PatchFilterKey.PRIORITY: _PRIORITIES}, 0),)
_GRAVE_SECURITY_UPDATES: tuple[tuple[_Filters, int], ...] = (
    (
        {
            PatchFilterKey.CLASSIFICATION: ("Security",),
            PatchFilterKey.SEVERITY: ("Critical", "Important"),
        },
        7,
    ),
    ({PatchFilterKey.CLASSIFICATION: ("Bugfix",)}, 7),
)
_EVERYTHING: tuple[tuple[_Filters, int], ...] = (({}, 7),)

_NAMES: dict[OperatingSystem, tuple[str, tuple[tuple[_Filters, int], ...]]] = {
    OperatingSystem.ALMA_LINUX: ("AlmaLinux", _GRAVE_SECURITY_UPDATES),
    OperatingSystem.AMAZON_LINUX: ("AmazonLinux", _GRAVE_SECURITY_UPDATES),
    OperatingSystem.AMAZON_LINUX_2: ("AmazonLinux2", _GRAVE_SECURITY_UPDATES),
    OperatingSystem.AMAZON_LINUX_2022: ("AmazonLinux2022", _GRAVE_SECURITY_UPDATES),
    OperatingSystem.AMAZON_LINUX_2023: ("AmazonLinux2023", _GRAVE_SECURITY_UPDATES),
    OperatingSystem.CENTOS: ("CentOS", _EVERYTHING),
    OperatingSystem.DEBIAN: ("Debian", _ANY_SECURITY_UPDATE),
    OperatingSystem.MACOS: ("MacOS", (({PatchFilterKey.CLASSIFICATION: ("Security",)}, 0),)),
    OperatingSystem.ORACLE_LINUX: ("OracleLinux", _GRAVE_SECURITY_UPDATES),
    OperatingSystem.RASPBIAN: ("Raspbian", _ANY_SECURITY_UPDATE),
    OperatingSystem.REDHAT_ENTERPRISE_LINUX: ("RedHat", _GRAVE_SECURITY_UPDATES),
    OperatingSystem.ROCKY_LINUX: ("RockyLinux", _GRAVE_SECURITY_UPDATES),
    OperatingSystem.SUSE: ("Suse", _GRAVE_SECURITY_UPDATES[:1]),
    OperatingSystem.UBUNTU: ("Ubuntu", _ANY_SECURITY_UPDATE),
    OperatingSystem.WINDOWS: (
        "",
        (
            (
                {
                    PatchFilterKey.CLASSIFICATION: ("CriticalUpdates", "SecurityUpdates"),
                    PatchFilterKey.MSRC_SEVERITY: ("Critical", "Important"),
                },
                7,
            ),
        ),
    ),
}

_SYSTEM_OF_PLATFORM = (
    ("debian", OperatingSystem.DEBIAN),
    ("ubuntu", OperatingSystem.UBUNTU),
    ("raspbian", OperatingSystem.RASPBIAN),
    ("red hat", OperatingSystem.REDHAT_ENTERPRISE_LINUX),
    ("centos", OperatingSystem.CENTOS),
    ("rocky", OperatingSystem.ROCKY_LINUX),
    ("alma", OperatingSystem.ALMA_LINUX),
    ("oracle", OperatingSystem.ORACLE_LINUX),
    ("suse", OperatingSystem.SUSE),
    ("sles", OperatingSystem.SUSE),
    ("amazon linux 2023", OperatingSystem.AMAZON_LINUX_2023),
    ("amazon linux 2", OperatingSystem.AMAZON_LINUX_2),
    ("amazon linux", OperatingSystem.AMAZON_LINUX),
)


@cache
def all_baselines(region: str) -> Sequence[GetPatchBaselineResult]:
    """Return every baseline, by name; each is the default of its operating system."""
    made = [_baseline(system, region) for system in _NAMES]
    return sorted(made, key=lambda baseline: baseline.name)


def default_baseline(system: OperatingSystem, region: str) -> GetPatchBaselineResult:
    """Return the baseline that nodes of an operating system are patched against."""
    return next(each for each in all_baselines(region) if each.operating_system == system)


def find_baseline(baseline_id: str, region: str) -> GetPatchBaselineResult | None:
    """Return a baseline by its ARN or by the id at the ARN's end, or None."""
    wanted = baseline_id.rpartition("/")[2]
    return next((each for each in all_baselines(region) if each.baseline_id.endswith(f"/{wanted}")), None)


def identity_of(baseline: GetPatchBaselineResult) -> PatchBaselineIdentity:
    """Return a baseline as lists show it."""
    return PatchBaselineIdentity(
        baseline_id=baseline.baseline_id,
        baseline_name=baseline.name,
        operating_system=baseline.operating_system,
        baseline_description=baseline.description,
        default_baseline=True,
    )


def operating_system_of(platform_name: str) -> OperatingSystem:
    """Return the operating system that a node's platform name stands for; Debian where it is not known."""
    lowered = platform_name.lower()
    return next((system for word, system in _SYSTEM_OF_PLATFORM if word in lowered), OperatingSystem.DEBIAN)


def _baseline(system: OperatingSystem, region: str) -> GetPatchBaselineResult:
    label, rules = _NAMES[system]
    name = f"AWS-{label}DefaultPatchBaseline"
    number = hashlib.sha256(name.encode()).hexdigest()[:17]
    return GetPatchBaselineResult(
        baseline_id=f"arn:aws:ssm:{region}:{_OWNER_ACCOUNT}:patchbaseline/pb-{number}",
        name=name,
        operating_system=system,
        global_filters=PatchFilterGroup(patch_filters=(_filter(PatchFilterKey.PRODUCT, ("*",)),)),
        approval_rules=PatchRuleGroup(patch_rules=tuple(_rule(filters, days) for filters, days in rules)),
        approved_patches_compliance_level=PatchComplianceLevel.UNSPECIFIED,
        approved_patches_enable_non_security=False,
        rejected_patches_action=PatchAction.ALLOW_AS_DEPENDENCY,
        created_date=_MADE_AT,
        modified_date=_MADE_AT,
        description=f"Default Patch Baseline for {label} Provided by AWS."
        if label
        else "Default Patch Baseline Provided by AWS.",
    )


def _rule(filters: _Filters, approve_after_days: int) -> PatchRule:
    wanted = {PatchFilterKey.PRODUCT: ("*",), **filters}
    return PatchRule(
        patch_filter_group=PatchFilterGroup(
            patch_filters=tuple(_filter(key, values) for key, values in wanted.items())
        ),
        compliance_level=PatchComplianceLevel.UNSPECIFIED,
        approve_after_days=approve_after_days,
        # Only a baseline without conditions means more than security updates.
        enable_non_security=not filters,
    )


def _filter(key: PatchFilterKey, values: Sequence[str]) -> PatchFilter:
    return PatchFilter(key=key, values=tuple(values))
