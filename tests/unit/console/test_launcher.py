"""Launch once: a lost answer never starts a run twice, and never loses one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from patchgui.console import summaries
from patchgui.console.launcher import Launcher, settle
from patchgui.console.store import RunStore, SendState
from patchgui.patching.plan import PatchPlan, RebootChoice, find_run
from patchgui.patching.scheduled_reboot import ScheduledReboot
from patchgui.ssm.errors import AccessDenied, InvalidInput, PatchError, ProtocolError, TimedOut, Unreachable
from tests.unit.console.scripted import DB, PASS, WEB, Clock, ScriptedSsm

pytestmark = pytest.mark.anyio
LATER = ScheduledReboot(at=datetime(2026, 11, 27, 3, 0, tzinfo=UTC), after="Start-App")
PLAN = PatchPlan(instance_ids=(WEB, DB))
LOOKS = 7
BIG = PatchPlan(instance_ids=tuple(f"mi-{number:017x}" for number in range(60)))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[RunStore]:
    async with RunStore(tmp_path / "runs.db") as opened:
        yield opened


@pytest.fixture
def ssm() -> ScriptedSsm:
    return ScriptedSsm(Clock())


def launcher(ssm: ScriptedSsm, store: RunStore) -> Launcher:
    return Launcher(ssm, store, "local-sandbox", sleep=ssm.clock.sleep, clock=ssm.clock)


async def test_a_run_is_recorded_before_anything_is_sent(ssm: ScriptedSsm, store: RunStore) -> None:
    ssm.failures["SendCommand"] = [AccessDenied("not yours", code="AccessDeniedException")]
    with pytest.raises(AccessDenied):
        await launcher(ssm, store).launch(PLAN)
    (run,) = await store.runs("local-sandbox")
    assert run.status == "Failed"
    assert run.commands[0].state is SendState.REFUSED
    assert ssm.commands == {}


async def test_the_run_id_is_in_the_comment_that_ssm_keeps(ssm: ScriptedSsm, store: RunStore) -> None:
    record = await launcher(ssm, store).launch(PLAN)
    (command,) = ssm.commands.values()
    assert find_run(command.comment) == (record.run_id, 1, 1)
    run = await store.run(record.run_id)
    assert run is not None
    assert (run.commands[0].state, run.commands[0].command_id) == (SendState.SENT, command.command_id)


@pytest.mark.parametrize("lost", [TimedOut("no answer"), Unreachable("broke"), ProtocolError("garbage")])
async def test_a_lost_answer_is_looked_up_and_nothing_is_sent_again(
    ssm: ScriptedSsm, store: RunStore, lost: PatchError
) -> None:
    ssm.failures["SendCommand"] = [lost]
    record = await launcher(ssm, store).launch(PLAN)
    assert ssm.calls.count("SendCommand") == 1
    assert record.command_ids == tuple(ssm.commands)


async def test_what_was_certainly_not_accepted_is_sent_again(ssm: ScriptedSsm, store: RunStore) -> None:
    ssm.accepts_lost = False
    ssm.failures["SendCommand"] = [TimedOut("no answer")]
    record = await launcher(ssm, store).launch(PLAN)
    assert ssm.calls.count("SendCommand") == 2
    assert ssm.calls.count("ListCommands") == LOOKS  # each look found nothing before it was sent again
    assert record.command_ids == tuple(ssm.commands)


async def test_a_list_that_lags_behind_does_not_start_the_run_twice(ssm: ScriptedSsm, store: RunStore) -> None:
    ssm.failures["SendCommand"] = [TimedOut("no answer")]
    hidden: dict[str, object] = {}

    def hide() -> None:
        hidden.update(ssm.commands)
        ssm.commands.clear()

    def show() -> None:
        ssm.commands.update(hidden)  # type: ignore[arg-type]

    ssm.clock.on_sleep = [hide, lambda: None, show]
    record = await launcher(ssm, store).launch(PLAN)
    assert ssm.calls.count("SendCommand") == 1
    assert record.command_ids == tuple(hidden)


async def test_without_a_way_to_look_nothing_is_sent_again_and_the_operator_is_told(
    ssm: ScriptedSsm, store: RunStore
) -> None:
    ssm.failures["SendCommand"] = [TimedOut("no answer")]
    ssm.failures["ListCommands"] = [Unreachable("down")] * LOOKS
    with pytest.raises(PatchError, match="Whether the run was started is not known") as raised:
        await launcher(ssm, store).launch(PLAN)
    assert "not sent again" in raised.value.hint
    assert ssm.calls.count("SendCommand") == 1
    (run,) = await store.runs("local-sandbox")
    assert (run.status, run.commands[0].state) == ("Unknown", SendState.SENDING)


async def test_that_an_early_look_saw_nothing_is_not_enough_to_send_again(ssm: ScriptedSsm, store: RunStore) -> None:
    ssm.accepts_lost = False
    ssm.failures["SendCommand"] = [TimedOut("no answer")]

    def cut() -> None:
        ssm.failures["ListCommands"] = [Unreachable("down")] * LOOKS

    ssm.clock.on_sleep = [lambda: None, cut]
    with pytest.raises(PatchError, match="is not known"):
        await launcher(ssm, store).launch(PLAN)
    assert ssm.calls.count("SendCommand") == 1


async def test_a_launch_that_is_given_up_in_mid_look_is_found_later(ssm: ScriptedSsm, store: RunStore) -> None:
    ssm.failures["SendCommand"] = [TimedOut("no answer")]
    told: list[str] = []

    async def stopped(_: float) -> None:
        raise asyncio.CancelledError

    giving_up = Launcher(ssm, store, "local-sandbox", sleep=stopped, clock=ssm.clock, tell=told.append)
    with pytest.raises(asyncio.CancelledError):
        await giving_up.launch(PLAN)
    assert "Looking whether the run was started" in told[0]
    (run,) = await store.runs("local-sandbox")
    settled = await settle(ssm, store, run)
    assert [command.command_id for command in settled.commands] == list(ssm.commands)
    assert ssm.calls.count("SendCommand") == 1


async def test_such_a_run_is_found_again_once_the_network_is_back(ssm: ScriptedSsm, store: RunStore) -> None:
    ssm.failures["SendCommand"] = [TimedOut("no answer")]
    ssm.failures["ListCommands"] = [Unreachable("down")] * LOOKS
    with pytest.raises(PatchError):
        await launcher(ssm, store).launch(PLAN)
    (run,) = await store.runs("local-sandbox")
    settled = await settle(ssm, store, run)
    assert settled.commands[0].command_id in ssm.commands
    assert ssm.calls.count("SendCommand") == 1


async def test_a_connection_that_was_never_made_is_tried_again_without_looking(
    ssm: ScriptedSsm, store: RunStore
) -> None:
    ssm.failures["SendCommand"] = [Unreachable("refused", was_sent=False)]
    await launcher(ssm, store).launch(PLAN)
    assert ssm.calls == ["SendCommand", "SendCommand"]


async def test_a_run_of_which_a_part_was_refused_says_so_and_can_be_watched(ssm: ScriptedSsm, store: RunStore) -> None:
    launching = launcher(ssm, store)
    sent = ssm.send_command

    async def second_fails(request):  # type: ignore[no-untyped-def]
        if len(ssm.commands) == 1:
            raise InvalidInput("one id is not known", code="InvalidInstanceId")
        return await sent(request)

    ssm.send_command = second_fails  # type: ignore[method-assign]
    record = await launching.launch(BIG)
    assert len(record.command_ids) == 1
    assert record.trouble == "1 of 2 commands were started; 1 were not: one id is not known"


PUT_OFF = BIG.model_copy(update={"reboot": RebootChoice.NO_REBOOT, "scheduled_reboot": LATER})
CALLS = ("CreateAssociation", "CreateAssociation", "SendCommand", "SendCommand")


@pytest.mark.parametrize("lost_at", range(len(CALLS)))
@pytest.mark.parametrize("was_accepted", [True, False], ids=["accepted", "not-accepted"])
@pytest.mark.parametrize("lost", [TimedOut("no answer"), Unreachable("broke"), ProtocolError("garbage")])
async def test_whichever_answer_is_lost_every_call_takes_effect_once(
    ssm: ScriptedSsm, store: RunStore, lost_at: int, was_accepted: bool, lost: PatchError
) -> None:
    ssm.accepts_lost = was_accepted
    number = CALLS[: lost_at + 1].count(CALLS[lost_at])
    ssm.failures[CALLS[lost_at]] = [*[PASS] * (number - 1), lost]
    record = await launcher(ssm, store).launch(PUT_OFF)
    assert record.trouble == ""
    assert [find_run(command.comment) for command in ssm.commands.values()] == [
        (record.run_id, 1, 2),
        (record.run_id, 2, 2),
    ]
    names = [each.association_name for each in ssm.associations.values()]
    assert names == [f"PatchNow-reboot-{record.run_id}-{each}" for each in (1, 2)]
    ids = [value for each in ssm.associations.values() for value in each.targets[0].values]
    assert ids == list(BIG.instance_ids)


@pytest.mark.parametrize("lost_look", range(8))
async def test_a_look_that_is_lost_as_well_changes_nothing(ssm: ScriptedSsm, store: RunStore, lost_look: int) -> None:
    call, look = ("CreateAssociation", "ListAssociations") if lost_look < 4 else ("SendCommand", "ListCommands")
    ssm.failures[call] = [TimedOut("no answer")]
    ssm.failures[look] = [TimedOut("no answer")] * (lost_look % 4)
    await launcher(ssm, store).launch(PUT_OFF)
    assert (len(ssm.commands), len(ssm.associations)) == (2, 2)


async def test_a_reboot_that_cannot_be_put_off_lets_nothing_be_patched(ssm: ScriptedSsm, store: RunStore) -> None:
    ssm.failures["CreateAssociation"] = [PASS, AccessDenied("no", code="AccessDeniedException")]
    with pytest.raises(AccessDenied):
        await launcher(ssm, store).launch(PUT_OFF)
    assert (ssm.commands, ssm.associations) == ({}, {})
    (run,) = await store.runs("local-sandbox")
    assert run.status == "Failed"


async def test_a_run_that_was_refused_takes_its_reboot_back(ssm: ScriptedSsm, store: RunStore) -> None:
    ssm.failures["SendCommand"] = [InvalidInput("one id is not known", code="InvalidInstanceId")]
    with pytest.raises(InvalidInput):
        await launcher(ssm, store).launch(PUT_OFF)
    assert ssm.associations == {}


async def test_a_run_that_may_have_started_keeps_its_reboot(ssm: ScriptedSsm, store: RunStore) -> None:
    ssm.failures["SendCommand"] = [TimedOut("no answer")]
    ssm.failures["ListCommands"] = [Unreachable("down")] * LOOKS
    with pytest.raises(PatchError, match="not known"):
        await launcher(ssm, store).launch(PUT_OFF)
    assert len(ssm.associations) == 2


async def test_a_run_tells_to_when_its_reboot_was_put_off(ssm: ScriptedSsm, store: RunStore) -> None:
    plan = PatchPlan(instance_ids=(WEB,), reboot=RebootChoice.NO_REBOOT, scheduled_reboot=LATER)
    for sent, at in ((plan, LATER.at), (PLAN, None)):
        record = await launcher(ssm, store).launch(sent)
        run = await store.run(record.run_id)
        assert run is not None
        commands = [ssm.commands[each] for each in record.command_ids]
        assert summaries.summary(record.run_id, commands, run).reboot_at == at
        assert summaries.remembered(run).reboot_at == at
