"""Reboots that are put off: what of them is told."""

from datetime import UTC, datetime

import pytest

from patchgui.console.reboots import PendingReboot, PendingReboots, take_back
from patchgui.patching.scheduled_reboot import REBOOT_DOCUMENT, ScheduledReboot
from patchgui.ssm.shapes import AssociationDescription, Target
from tests.unit.console.scripted import DB, WEB, ScriptedSsm

pytestmark = pytest.mark.anyio
A, B, C, D, E = (f"0000000{letter}-0000-4000-8000-000000000000" for letter in "abcde")
NIGHT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


def known(ssm: ScriptedSsm, *described: AssociationDescription) -> None:
    ssm.associations = {each.association_id: each for each in described}


async def test_only_reboots_that_have_not_happened_are_told_the_next_one_first() -> None:
    ssm = ScriptedSsm()
    mine, *_ = ScheduledReboot(at=NIGHT, after="Start-App").requests("20261126-1", [(WEB, DB)], (), "1")
    by_tag = {"targets": (Target(key="tag:Role", values=("web",)),), "schedule_expression": "at(2026-11-26T22:30)"}
    known(
        ssm,
        AssociationDescription.from_wire({**mine.to_wire(), "AssociationId": A}),
        AssociationDescription(name=REBOOT_DOCUMENT, association_id=B, **by_tag),
        AssociationDescription(name=REBOOT_DOCUMENT, association_id=C, schedule_expression="cron(0 3 * * ? *)"),
        AssociationDescription(name=REBOOT_DOCUMENT, association_id=D, last_execution_date=NIGHT, **by_tag),
        AssociationDescription(name="AWS-RunPatchBaseline", association_id=E, **by_tag),
    )
    assert await PendingReboots(ssm).read() == (
        PendingReboot((B,), datetime(2026, 11, 26, 22, 30, tzinfo=UTC), targets=(("tag:Role", ("web",)),)),
        PendingReboot((A,), NIGHT, (WEB, DB), after="Start-App", run_id="20261126-1"),
    )
    await take_back(ssm, A)
    assert [each.association_ids for each in await PendingReboots(ssm).read()] == [(B,)]


async def test_the_reboot_of_a_large_run_is_one_and_asked_about_once() -> None:
    ssm = ScriptedSsm()
    ids = tuple(f"mi-{number:017x}" for number in range(120))
    batches = [ids[:50], ids[50:100], ids[100:]]
    requests = ScheduledReboot(at=NIGHT, after="Start-App").requests("20261126-1", batches, (), "1")
    named = zip((A, B, C), requests, strict=True)
    known(ssm, *(AssociationDescription.from_wire({**each.to_wire(), "AssociationId": at}) for at, each in named))
    reading = PendingReboots(ssm)
    assert await reading.read() == (PendingReboot((A, B, C), NIGHT, ids, after="Start-App", run_id="20261126-1"),)
    ssm.calls.clear()
    await reading.read()
    assert ssm.calls == ["ListAssociations"]
