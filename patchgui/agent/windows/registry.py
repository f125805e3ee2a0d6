"""Windows, their targets and tasks: what is checked before one is taken in, and what a change of it means."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from secrets import token_hex
from sqlite3 import Row
from typing import Any

from patchgui.agent.clock import Clock
from patchgui.agent.commands.targets import matcher
from patchgui.agent.refusal import Refusal
from patchgui.agent.tags import TagStore
from patchgui.agent.windows.repository import Part, WindowRepository
from patchgui.patching.schedules.invalid import ScheduleInvalid
from patchgui.patching.schedules.schedule import Schedule
from patchgui.ssm.shapes import ResourceTypeForTagging, Shape, Target
from patchgui.ssm.shapes.maintenance_windows import (
    CreateMaintenanceWindowRequest,
    MaintenanceWindowTaskType,
    RegisterTargetWithMaintenanceWindowRequest,
    RegisterTaskWithMaintenanceWindowRequest,
    UpdateMaintenanceWindowRequest,
    UpdateMaintenanceWindowTargetRequest,
    UpdateMaintenanceWindowTaskRequest,
)

MAX_WINDOWS, MAX_TARGETS, MAX_TASKS = 50, 100, 20
"""How many there may be: in an account, of a window, of a window (quotas of Systems Manager)."""

REGISTERED = "WindowTargetIds"
"""The key of a task's target that names registered targets."""

_PARAMETERS_OF = {
    MaintenanceWindowTaskType.RUN_COMMAND: "RunCommand",
    MaintenanceWindowTaskType.AUTOMATION: "Automation",
    MaintenanceWindowTaskType.STEP_FUNCTIONS: "StepFunctions",
    MaintenanceWindowTaskType.LAMBDA: "Lambda",
}
"""The member of a task's invocation parameters that its type has."""
_NAMES = {Part.TARGET: "target", Part.TASK: "task"}
_NOT_SETTINGS = frozenset({"ClientToken", "Tags", "WindowId", "WindowTargetId", "WindowTaskId", "Replace"})
_OF_THE_SCHEDULE = ("Schedule", "ScheduleTimezone", "ScheduleOffset", "StartDate", "EndDate")
_DEFAULT_PRIORITY = 1


class WindowRegistry:
    """The windows that there are. Every change is on the disk before anybody is told; ``changed`` is called then."""

    def __init__(
        self, repository: WindowRepository, tags: TagStore, clock: Clock, *, changed: Callable[[], None]
    ) -> None:
        self.repository = repository
        self._tags = tags
        self._clock = clock
        self._changed = changed

    def __contains__(self, window_id: object) -> bool:
        return self.repository.one(str(window_id)) is not None

    # -- windows -------------------------------------------------------------------------------------------------

    def create(self, request: CreateMaintenanceWindowRequest, *, is_enabled: bool = True) -> str:
        """Take a window in and return its id.

        Raises:
            Refusal: ValidationException, ResourceLimitExceededException, IdempotentParameterMismatch.
        """

        def make() -> str:
            if len(self.repository.all()) >= MAX_WINDOWS:
                raise _too_many(MAX_WINDOWS, "maintenance windows in this account")
            now = self._now()
            settings = _settings_of(request) | {"Enabled": is_enabled}
            window_id = f"mw-{token_hex(9)[:17]}"
            self.repository.add(window_id, settings, now, _next_at(settings, now, now))
            tags = {tag.key: tag.value for tag in request.tags or ()}
            self._tags.put(ResourceTypeForTagging.MAINTENANCE_WINDOW, window_id, tags)
            return window_id

        return self._once("CreateMaintenanceWindow", request, request.client_token, make)

    def update(self, request: UpdateMaintenanceWindowRequest) -> Row:
        """Change a window and return it; with ``replace`` what is not named is taken away.

        Raises:
            Refusal: DoesNotExistException, ValidationException.
        """
        row = self.window(request.window_id)
        before = json.loads(row["settings"])
        required = ("Name", "Schedule", "Duration", "Cutoff", "AllowUnassociatedTargets")
        settings = _changed_settings(before, request, replace=bool(request.replace), required=required)
        settings.setdefault("Enabled", before["Enabled"])
        now = self._now()
        is_rescheduled = any(settings.get(name) != before.get(name) for name in _OF_THE_SCHEDULE)
        scheduled_at = now if is_rescheduled else row["scheduled_at"]
        next_at = _next_at(settings, scheduled_at, now)
        self.repository.change(request.window_id, settings, now=now, scheduled_at=scheduled_at, next_at=next_at)
        self._changed()
        return self.window(request.window_id)

    def delete(self, window_id: str) -> None:
        """Take a window away; one that is not there is no error. An execution that has begun goes on."""
        with self.repository.write():
            self.repository.remove(window_id)
            self._tags.forget(ResourceTypeForTagging.MAINTENANCE_WINDOW, window_id)
        self._changed()

    def window(self, window_id: str) -> Row:
        """Return a window's row.

        Raises:
            Refusal: DoesNotExistException.
        """
        row = self.repository.one(window_id)
        if row is None:
            raise no_such_window(window_id)
        return row

    # -- targets -------------------------------------------------------------------------------------------------

    def register_target(self, request: RegisterTargetWithMaintenanceWindowRequest) -> str:
        """Take a target in and return its id.

        Raises:
            Refusal: DoesNotExistException, ValidationException, InvalidTarget, ResourceLimitExceededException,
                IdempotentParameterMismatch.
        """

        def make() -> str:
            self.window(request.window_id)
            _check_nodes(request.targets)
            return self._add(Part.TARGET, request.window_id, _settings_of(request), MAX_TARGETS)

        return self._once("RegisterTargetWithMaintenanceWindow", request, request.client_token, make)

    def update_target(self, request: UpdateMaintenanceWindowTargetRequest) -> Row:
        """Change a target and return it.

        Raises:
            Refusal: DoesNotExistException, ValidationException, InvalidTarget.
        """
        before = json.loads(self.part(Part.TARGET, request.window_id, request.window_target_id)["settings"])
        settings = _changed_settings(before, request, replace=bool(request.replace), required=("Targets",))
        settings.setdefault("ResourceType", before["ResourceType"])
        _check_nodes(tuple(map(Target.from_wire, settings["Targets"])))
        self.repository.change_part(Part.TARGET, request.window_target_id, settings)
        return self.part(Part.TARGET, request.window_id, request.window_target_id)

    def deregister_target(self, window_id: str, window_target_id: str, *, safe: bool) -> None:
        """Take a target away.

        Raises:
            Refusal: DoesNotExistException; TargetInUseException with ``safe`` where a task names it.
        """
        self.part(Part.TARGET, window_id, window_target_id)
        users = [
            row["id"]
            for row in self.repository.parts(Part.TASK, window_id)
            if window_target_id in _registered(json.loads(row["settings"]))
        ]
        if safe and users:
            raise Refusal("TargetInUseException", f"Target {window_target_id} is named by the task {users[0]}.")
        self.repository.remove_part(Part.TARGET, window_target_id)

    # -- tasks ---------------------------------------------------------------------------------------------------

    def register_task(self, request: RegisterTaskWithMaintenanceWindowRequest) -> str:
        """Take a task in and return its id.

        Raises:
            Refusal: DoesNotExistException, ValidationException, InvalidTarget, ResourceLimitExceededException,
                IdempotentParameterMismatch.
        """

        def make() -> str:
            settings = {"Priority": _DEFAULT_PRIORITY} | _settings_of(request)
            self._check_task(self.window(request.window_id), settings)
            return self._add(Part.TASK, request.window_id, settings, MAX_TASKS)

        return self._once("RegisterTaskWithMaintenanceWindow", request, request.client_token, make)

    def update_task(self, request: UpdateMaintenanceWindowTaskRequest) -> Row:
        """Change a task and return it; its invocation parameters, where named, are replaced whole.

        Raises:
            Refusal: DoesNotExistException, ValidationException, InvalidTarget.
        """
        before = json.loads(self.part(Part.TASK, request.window_id, request.window_task_id)["settings"])
        settings = _changed_settings(before, request, replace=bool(request.replace), required=("TaskArn",))
        # The type of a task never changes.
        settings |= {"TaskType": before["TaskType"], "Priority": settings.get("Priority", _DEFAULT_PRIORITY)}
        self._check_task(self.window(request.window_id), settings)
        self.repository.change_part(Part.TASK, request.window_task_id, settings)
        return self.part(Part.TASK, request.window_id, request.window_task_id)

    def deregister_task(self, window_id: str, window_task_id: str) -> None:
        """Take a task out of a window.

        Raises:
            Refusal: DoesNotExistException.
        """
        self.part(Part.TASK, window_id, window_task_id)
        self.repository.remove_part(Part.TASK, window_task_id)

    def part(self, part: Part, window_id: str, identity: str) -> Row:
        """Return the row of a target or a task.

        Raises:
            Refusal: DoesNotExistException.
        """
        self.window(window_id)
        for row in self.repository.parts(part, window_id):
            if row["id"] == identity:
                return row
        raise Refusal("DoesNotExistException", f"{window_id} has no {_NAMES[part]} {identity}.")

    def _check_task(self, window: Row, settings: Mapping[str, Any]) -> None:
        targets = [Target.from_wire(each) for each in settings.get("Targets", ())]
        if not targets and settings["TaskType"] == MaintenanceWindowTaskType.RUN_COMMAND:
            raise Refusal("ValidationException", "A RUN_COMMAND task needs Targets.")
        own = tuple(target for target in targets if target.key != REGISTERED)
        if own and not json.loads(window["settings"])["AllowUnassociatedTargets"]:
            raise Refusal(
                "ValidationException",
                f"The window takes registered targets only: name them with {REGISTERED}, "
                "or set AllowUnassociatedTargets on the window.",
            )
        matcher(own)
        for window_target_id in _registered(settings):
            self.part(Part.TARGET, window["window_id"], window_target_id)
        given = settings.get("TaskInvocationParameters", {})
        member = _PARAMETERS_OF[settings["TaskType"]]
        wrong = [name for name in _PARAMETERS_OF.values() if name in given and name != member]
        if wrong:
            raise Refusal("ValidationException", f"A task of type {settings['TaskType']} has no {wrong[0]} parameters.")

    # -- both ----------------------------------------------------------------------------------------------------

    def _add(self, part: Part, window_id: str, settings: Mapping[str, Any], most: int) -> str:
        if len(self.repository.parts(part, window_id)) >= most:
            raise _too_many(most, f"{_NAMES[part]}s of a maintenance window")
        identity = str(uuid.uuid4())
        self.repository.add_part(part, identity, window_id, settings)
        return identity

    def _once(self, operation: str, request: Shape, token: str | None, make: Callable[[], str]) -> str:
        """Return what ``make`` makes; for a token that was used the answer of then."""
        asked = json.dumps(request.to_wire(), sort_keys=True)
        with self.repository.write():
            if token and (kept := self.repository.answer_to(operation, token)):
                if kept["request"] != asked:
                    raise Refusal("IdempotentParameterMismatch", f"{token} was the token of another request.")
                return str(kept["answer"])
            answer = make()
            if token:
                self.repository.keep_answer(operation, token, asked, answer)
        self._changed()
        return answer

    def _now(self) -> float:
        return self._clock().timestamp()


def no_such_window(window_id: str) -> Refusal:
    """Return the answer for a window that there is none of, in the service's own words."""
    return Refusal("DoesNotExistException", f"Maintenance window {window_id} does not exist")


def schedule_of(settings: Mapping[str, Any], scheduled_at: float) -> Schedule:
    """Return the schedule of a window's settings.

    Raises:
        Refusal: ValidationException.
    """
    try:
        return Schedule.of(
            settings["Schedule"],
            since=datetime.fromtimestamp(scheduled_at, UTC),
            zone_name=settings.get("ScheduleTimezone"),
            offset_days=settings.get("ScheduleOffset"),
            start_date=settings.get("StartDate"),
            end_date=settings.get("EndDate"),
        )
    except ScheduleInvalid as error:
        raise Refusal("ValidationException", f"{error}.") from error


def _next_at(settings: Mapping[str, Any], scheduled_at: float, now: float) -> float | None:
    """Return when a window opens next, None where it does not; its settings are checked in any case."""
    schedule = schedule_of(settings, scheduled_at)
    if settings["Cutoff"] >= settings["Duration"]:
        raise Refusal("ValidationException", "Cutoff must be less than Duration.")
    following = schedule.next_after(datetime.fromtimestamp(now, UTC))
    return following.timestamp() if following and settings["Enabled"] else None


def _settings_of(request: Shape) -> dict[str, Any]:
    return {name: value for name, value in request.to_wire().items() if name not in _NOT_SETTINGS}


def _changed_settings(
    before: Mapping[str, Any], request: Shape, *, replace: bool, required: tuple[str, ...]
) -> dict[str, Any]:
    given = _settings_of(request)
    if not replace:
        return {**before, **given}
    missing = [name for name in required if name not in given]
    if missing:
        raise Refusal("ValidationException", f"With Replace, {', '.join(missing)} must be given.")
    return given


def _check_nodes(targets: tuple[Target, ...]) -> None:
    if not targets:
        raise Refusal("ValidationException", "Targets must not be empty.")
    matcher(targets)


def _registered(settings: Mapping[str, Any]) -> list[str]:
    return [value for each in settings.get("Targets", ()) if each["Key"] == REGISTERED for value in each["Values"]]


def _too_many(most: int, what: str) -> Refusal:
    return Refusal("ResourceLimitExceededException", f"There may be {most} {what}.")
