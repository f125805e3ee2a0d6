"""What is known of each node's patches, from the last scan or install that reported."""

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from patchgui.agent.baselines import default_baseline, operating_system_of
from patchgui.agent.nodes import NodeRegistry
from patchgui.agent.store.database import Database
from patchgui.ssm.shapes import (
    InstancePatchState,
    PatchComplianceData,
    PatchComplianceDataState,
    PatchOperationType,
    RebootOption,
)

_COUNTED = {
    "Installed": "installed_count",
    "InstalledOther": "installed_other_count",
    "InstalledPendingReboot": "installed_pending_reboot_count",
    "InstalledRejected": "installed_rejected_count",
    "Missing": "missing_count",
    "Failed": "failed_count",
    "NotApplicable": "not_applicable_count",
}
_GROUP_TAGS = ("PatchGroup", "Patch Group")


log = logging.getLogger(__name__)


def _check_moment(value: float | str) -> float | str:
    try:
        _moment(value).timestamp()
    except (OverflowError, OSError) as error:
        raise ValueError("no such time") from error
    return value


_Moment = Annotated[Annotated[float, Field(allow_inf_nan=False, strict=True)] | str, AfterValidator(_check_moment)]
_Text = Annotated[str, Field(max_length=100_000)]


class _Patch(BaseModel):
    """A patch in a node's report."""

    title: _Text
    kb_id: _Text | None = None
    classification: _Text | None = None
    severity: _Text | None = None
    state: PatchComplianceDataState
    installed_time: _Moment | None = None
    cve_ids: _Text | list[_Text] | None = None


class _Report(BaseModel):
    """A node's patch report, as far as it is read."""

    operation: PatchOperationType
    operation_start_at: _Moment
    operation_end_at: _Moment
    baseline_id: _Text | None = None
    snapshot_id: _Text | None = None
    install_override_list: _Text | None = None
    reboot_option: RebootOption | Literal[""] | None = None
    last_no_reboot_install_at: _Moment | None = None
    counts: dict[str, Annotated[int, Field(ge=0, le=2**31)]] = {}
    patches: Annotated[list[_Patch], Field(max_length=100_000)] = []


class PatchStore:
    """The last patch report of each node; a new one replaces it whole."""

    def __init__(self, database: Database, nodes: NodeRegistry, region: str) -> None:
        self._database = database
        self._nodes = nodes
        self._region = region

    def record(self, instance_id: str, report: Mapping[str, Any]) -> None:
        """Replace what is known of a node by a report (the in-node program's ``patch-report.json``).

        The file is the node's own, and a script may have spoilt it: then what is known stays as it is.
        """
        try:
            _Report.model_validate(report)
        except ValidationError as error:
            log.warning("node %s: its patch report makes no sense: %s", instance_id, " ".join(str(error).split())[:500])
            return
        patches = report.get("patches", [])
        summary = {name: value for name, value in report.items() if name != "patches"}
        with self._database.write() as db:
            db.execute("DELETE FROM patch_summary WHERE instance_id = ?", (instance_id,))
            db.execute("INSERT INTO patch_summary VALUES (?, ?)", (instance_id, json.dumps(summary)))
            db.executemany(
                "INSERT OR REPLACE INTO patch VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(instance_id, *_patch_row(patch)) for patch in patches],
            )

    def forget(self, instance_id: str) -> None:
        """Forget a node's report: the node was brought back to its first state."""
        self._database.execute("DELETE FROM patch_summary WHERE instance_id = ?", (instance_id,))

    def state(self, instance_id: str) -> InstancePatchState | None:
        """Return a node's summary, None when it has never reported."""
        row = self._database.row("SELECT report FROM patch_summary WHERE instance_id = ?", (instance_id,))
        if row is None:
            return None
        report: dict[str, Any] = json.loads(row["report"])
        rows = self._database.rows("SELECT state FROM patch WHERE instance_id = ?", (instance_id,))
        return InstancePatchState(
            instance_id=instance_id,
            patch_group=self.patch_group(instance_id),
            baseline_id=report.get("baseline_id") or self._baseline_id(instance_id),
            snapshot_id=report.get("snapshot_id") or None,
            install_override_list=report.get("install_override_list") or None,
            operation=PatchOperationType(report["operation"]),
            operation_start_time=_moment(report["operation_start_at"]),
            operation_end_time=_moment(report["operation_end_at"]),
            reboot_option=RebootOption(report["reboot_option"]) if report.get("reboot_option") else None,
            last_no_reboot_install_operation_time=_moment_or_none(report.get("last_no_reboot_install_at")),
            **_counts(rows, report.get("counts", {})),
        )

    def patches(self, instance_id: str) -> Sequence[PatchComplianceData]:
        """Return a node's patches, by title."""
        rows = self._database.rows("SELECT * FROM patch WHERE instance_id = ? ORDER BY title", (instance_id,))
        return [
            PatchComplianceData(
                title=row["title"],
                kb_id=row["kb_id"],
                classification=row["classification"],
                severity=row["severity"],
                # The service answers "Missing", though its model writes MISSING.
                state=PatchComplianceDataState(row["state"]),
                # A patch that is not installed has no time; the service then answers with zero.
                installed_time=datetime.fromtimestamp(row["installed_time"] or 0, UTC),
                cve_ids=row["cve_ids"] or None,
            )
            for row in rows
        ]

    def patch_group(self, instance_id: str) -> str:
        """Return a node's patch group, empty when it is in none."""
        tags = self._nodes.tags_of(instance_id)
        return next((tags[key] for key in _GROUP_TAGS if tags.get(key)), "")

    def effective_baseline(self, instance_id: str) -> dict[str, Any]:
        """Return the baseline that a node is patched against, as GetPatchBaseline answers it."""
        node = self._nodes.get(instance_id)
        system = operating_system_of(node.node.platform_name if node else "")
        return default_baseline(system, self._region).to_wire()

    def _baseline_id(self, instance_id: str) -> str:
        return str(self.effective_baseline(instance_id)["BaselineId"])


def _patch_row(patch: Mapping[str, Any]) -> tuple[Any, ...]:
    cves = patch.get("cve_ids") or ""
    installed = patch.get("installed_time")
    return (
        patch["title"],
        patch.get("kb_id") or patch["title"],
        patch.get("classification") or "",
        patch.get("severity") or "",
        patch["state"],
        _moment(installed).timestamp() if installed else None,
        cves if isinstance(cves, str) else ",".join(cves),
    )


def _counts(rows: Sequence[Row], reported: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts that the node reported; those by state that it left out are counted from its list."""
    by_state = Counter(row["state"] for row in rows)
    counts = {attribute: by_state.get(state, 0) for state, attribute in _COUNTED.items()}
    given = {f"{name}_count": int(number) for name, number in reported.items()}
    return counts | {name: number for name, number in given.items() if name in InstancePatchState.model_fields}


def _moment(value: float | str) -> datetime:
    """Return a moment of the report: seconds since 1970, or ISO 8601."""
    if isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.fromtimestamp(value, UTC)


def _moment_or_none(value: float | str | None) -> datetime | None:
    return _moment(value) if value else None
