"""Patch baselines: which patches are approved, and how soon."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import KNOWN, Moment, Shape
from patchgui.ssm.shapes.limits import BaselineId, PatchBaselineMaxResults
from patchgui.ssm.shapes.patches import PatchOrchestratorFilter
from patchgui.ssm.shapes.statuses import PatchComplianceStatus
from patchgui.ssm.shapes.vocabularies import OperatingSystem, PatchAction, PatchComplianceLevel, PatchFilterKey


class GetDefaultPatchBaselineRequest(Shape):
    """Ask for the default baseline of an operating system, Windows unless said."""

    operating_system: Annotated[OperatingSystem, KNOWN] | None = None


class GetDefaultPatchBaselineResult(Shape):
    """The default baseline's id."""

    baseline_id: str = ""
    operating_system: OperatingSystem | None = None


class GetPatchBaselineRequest(Shape):
    """Ask for one baseline."""

    baseline_id: BaselineId


class PatchFilter(Shape):
    """One condition on patches in a rule; any of the values fits, ``*`` is all."""

    key: PatchFilterKey
    values: tuple[str, ...]


class PatchFilterGroup(Shape):
    """Conditions that must hold together."""

    patch_filters: tuple[PatchFilter, ...]


class PatchRule(Shape):
    """Patches that are approved: those of a filter, so many days after their release or up to a date."""

    patch_filter_group: PatchFilterGroup
    compliance_level: PatchComplianceLevel | None = None
    approve_after_days: int | None = None
    approve_until_date: str | None = None
    enable_non_security: bool | None = None


class PatchRuleGroup(Shape):
    """The approval rules of a baseline."""

    patch_rules: tuple[PatchRule, ...]


class PatchSource(Shape):
    """A repository of packages that Linux nodes use for this baseline."""

    name: str
    products: tuple[str, ...]
    configuration: str


class GetPatchBaselineResult(Shape):
    """One baseline: rules, lists of approved and of rejected patches, and the groups it serves."""

    baseline_id: str = ""
    name: str = ""
    operating_system: OperatingSystem | None = None
    global_filters: PatchFilterGroup | None = None
    approval_rules: PatchRuleGroup | None = None
    approved_patches: tuple[str, ...] = ()
    approved_patches_compliance_level: PatchComplianceLevel | None = None
    approved_patches_enable_non_security: bool | None = None
    rejected_patches: tuple[str, ...] = ()
    rejected_patches_action: PatchAction | None = None
    patch_groups: tuple[str, ...] = ()
    created_date: Moment | None = None
    modified_date: Moment | None = None
    description: str | None = None
    sources: tuple[PatchSource, ...] = ()
    available_security_updates_compliance_status: PatchComplianceStatus | None = None


class DescribePatchBaselinesRequest(Shape):
    """Ask for baselines, 1 to 100 on a page; the conditions are ``NAME_PREFIX``, ``OWNER`` and ``OPERATING_SYSTEM``."""

    filters: Annotated[tuple[PatchOrchestratorFilter, ...], Field(max_length=5)] | None = None
    max_results: PatchBaselineMaxResults | None = None
    next_token: str | None = None


class PatchBaselineIdentity(Shape):
    """A baseline as a list shows it."""

    baseline_id: str = ""
    baseline_name: str = ""
    operating_system: OperatingSystem | None = None
    baseline_description: str | None = None
    default_baseline: bool = False


class DescribePatchBaselinesResult(Shape):
    """One page of baselines."""

    baseline_identities: tuple[PatchBaselineIdentity, ...] = ()
    next_token: str | None = None
