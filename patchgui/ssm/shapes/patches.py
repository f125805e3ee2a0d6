"""What nodes reported of their patches."""

from typing import Annotated

from pydantic import Field

from patchgui.ssm.shapes.base import Moment, Shape
from patchgui.ssm.shapes.limits import (
    InstanceId,
    InstanceIdList,
    PatchComplianceMaxResults,
    PatchOrchestratorFilterKey,
    PatchOrchestratorFilterValue,
)
from patchgui.ssm.shapes.statuses import PatchComplianceDataState
from patchgui.ssm.shapes.vocabularies import PatchOperationType, RebootOption


class DescribeInstancePatchStatesRequest(Shape):
    """Ask for the patch summaries of up to 50 nodes, 10 to 100 on a page."""

    instance_ids: InstanceIdList
    next_token: str | None = None
    max_results: PatchComplianceMaxResults | None = None


class InstancePatchState(Shape):
    """What the last scan or install on a node counted.

    A count that the node's agent does not report is absent, which is not zero.
    """

    instance_id: str
    patch_group: str
    baseline_id: str
    operation_start_time: Moment
    operation_end_time: Moment
    operation: PatchOperationType
    snapshot_id: str | None = None
    install_override_list: str | None = None
    owner_information: str | None = None
    installed_count: int = 0
    installed_other_count: int = 0
    installed_pending_reboot_count: int | None = None
    installed_rejected_count: int | None = None
    missing_count: int = 0
    failed_count: int = 0
    unreported_not_applicable_count: int | None = None
    not_applicable_count: int = 0
    available_security_update_count: int | None = None
    last_no_reboot_install_operation_time: Moment | None = None
    reboot_option: RebootOption | None = None
    critical_non_compliant_count: int | None = None
    security_non_compliant_count: int | None = None
    other_non_compliant_count: int | None = None


class DescribeInstancePatchStatesResult(Shape):
    """One page of patch summaries; a node that was never scanned is not in it."""

    instance_patch_states: tuple[InstancePatchState, ...] = ()
    next_token: str | None = None


class PatchOrchestratorFilter(Shape):
    """One condition on patches or baselines: ``State``, ``NAME_PREFIX``, ``OWNER``… and values, any of which fits."""

    key: PatchOrchestratorFilterKey = ""
    values: tuple[PatchOrchestratorFilterValue, ...] = ()


class DescribeInstancePatchesRequest(Shape):
    """Ask for the patches that one node reported, 10 to 100 on a page."""

    instance_id: InstanceId
    filters: Annotated[tuple[PatchOrchestratorFilter, ...], Field(max_length=5)] | None = None
    next_token: str | None = None
    max_results: PatchComplianceMaxResults | None = None


class PatchComplianceData(Shape):
    """One patch on one node. On Linux ``title`` is the package, and ``kb_id`` its name with its version."""

    title: str
    kb_id: str = Field(alias="KBId")
    classification: str
    severity: str
    state: PatchComplianceDataState
    installed_time: Moment
    cve_ids: str | None = Field(default=None, alias="CVEIds")


class DescribeInstancePatchesResult(Shape):
    """One page of patches."""

    patches: tuple[PatchComplianceData, ...] = ()
    next_token: str | None = None
