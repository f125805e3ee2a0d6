"""The words that SSM schedules by, written and read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.associations import schedule as agents
from patchgui.agent.refusal import Refusal
from patchgui.patching.scheduled_reboot import ScheduledReboot, moment_of, run_of


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - with zones
def test_any_moment_comes_back_from_its_expression_to_the_second(moment: datetime) -> None:
    expression = ScheduledReboot(at=moment).expression
    whole = moment.astimezone(UTC).replace(microsecond=0)
    assert moment_of(expression) == whole
    assert agents.moment_of(expression) == whole


@given(st.text(max_size=40) | st.from_regex(r"at\([0-9T:-]{8,20}\)", fullmatch=True))
def test_what_is_no_moment_is_none_here_and_refused_by_the_agent(text: str) -> None:
    moment = moment_of(text)
    if moment is None:
        with pytest.raises(Refusal, match="InvalidSchedule"):
            agents.moment_of(text)
    else:
        assert agents.moment_of(text) == moment


def test_only_our_own_associations_name_a_run() -> None:
    (request,) = ScheduledReboot(at=datetime(2030, 1, 1, tzinfo=UTC)).requests(
        "20261126-180000-4f9c2a1b", [()], (), "1"
    )
    assert run_of(request.association_name) == "20261126-180000-4f9c2a1b"
    for name in (None, "", "PatchNow-reboot-", "Nightly", "PatchNow-reboot-1-x"):
        assert run_of(name) is None
