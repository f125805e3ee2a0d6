"""From what the page says to the plan that the console takes. Loads pydantic, so only when first asked."""

from datetime import datetime
from typing import TYPE_CHECKING

from patchgui.ui.patch_now.choice import NO_REBOOT, PUT_OFF, Choice
from patchgui.ui.patch_now.target import ChosenTarget

if TYPE_CHECKING:
    from patchgui.patching.extras import Extras
    from patchgui.patching.plan import PatchPlan


def plan_of(instance_ids: tuple[str, ...], choice: Choice, target: ChosenTarget | None = None) -> "PatchPlan":
    """Return the plan for these nodes, or for a target that means them now; ``choice`` has no problems."""
    from patchgui.patching.plan import Hooks, Operation, PatchPlan, RebootChoice
    from patchgui.patching.rate import automatic
    from patchgui.patching.scheduled_reboot import ScheduledReboot

    before, after, on_exit = choice.hooks
    rate = None
    if choice.max_concurrency or choice.max_errors:
        usual = automatic(len(instance_ids), choice.operation)
        wished = {"max_concurrency": choice.max_concurrency, "max_errors": choice.max_errors}
        rate = usual.model_copy(update={name: value for name, value in wished.items() if value})
    reboot, put_off = choice.reboot, None
    if choice.reboot == PUT_OFF:
        reboot = NO_REBOOT
        moment = choice.reboot_moment(datetime.now().astimezone())
        put_off = ScheduledReboot(at=moment, after=choice.after_reboot or None) if moment else None
    snapshot = {"snapshot_id": choice.snapshot_id} if choice.snapshot_id else {}
    return PatchPlan(
        instance_ids=() if target else instance_ids,
        targets=target.targets if target else (),
        target_count=len(instance_ids) if target else 0,
        operation=Operation(choice.operation),
        reboot=RebootChoice(reboot),
        hooks=Hooks(before_install=before or None, after_install=after or None, on_exit=on_exit or None),
        rate=rate,
        delivery_timeout_s=choice.delivery_timeout_s,
        scheduled_reboot=put_off,
        extras=_extras(choice),
        **snapshot,
    )


def choice_of(plan: "PatchPlan") -> Choice:
    """Return what the page would say of a plan; what only belongs to one run – a snapshot, a moment – is left out."""
    before, after, on_exit = plan.hooks.before_install, plan.hooks.after_install, plan.hooks.on_exit
    return Choice(
        operation=plan.operation.value,
        reboot=plan.reboot.value,
        use_hooks=bool(plan.hooks.chosen()),
        before_install=before or "",
        after_install=after or "",
        on_exit=on_exit or "",
        max_concurrency=plan.rate.max_concurrency if plan.rate else "",
        max_errors=plan.rate.max_errors if plan.rate else "",
        delivery_timeout_s=plan.delivery_timeout_s,
    )


def _extras(choice: Choice) -> "Extras":
    from patchgui.patching.extras import Extras

    chosen = choice.extras
    return Extras(
        s3_bucket=chosen.s3_bucket,
        s3_prefix=chosen.s3_prefix,
        to_cloudwatch=chosen.to_cloudwatch,
        log_group=chosen.log_group if chosen.to_cloudwatch else "",
        topic_arn=chosen.topic_arn,
        events=(chosen.event,),
        per_node=chosen.per_node,
        service_role_arn=chosen.service_role_arn,
    )


def rate_words(node_count: int, choice: Choice) -> tuple[str, str]:
    """Return the automatic rate for so many nodes in words: ``1 at a time`` and ``up to 1 error``."""
    from patchgui.patching.rate import automatic

    rate = automatic(max(node_count, 1), choice.operation)
    all_at_once = node_count > 1 and rate.lanes(node_count) >= node_count
    never_stops = node_count > 1 and rate.errors(node_count) >= node_count
    noun = "error" if rate.max_errors == "1" else "errors"
    return (
        "all at once" if all_at_once else f"{rate.max_concurrency} at a time",
        "whatever fails" if never_stops else f"up to {rate.max_errors} {noun}",
    )
