"""Failed nodes fold into groups of one trouble each, node by node, and leave them again."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from patchgui.patching.failures import FailureFold, failure_of, grouped
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState, StepProgress

_LOCKED = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process {} (apt-get)"


def _node(
    number: int, said: str | None, phase: Phase = Phase.INSTALL, state: PhaseState = PhaseState.FAILED
) -> NodeProgress:
    step = StepProgress("InstallNoReboot", state)
    progress = PhaseProgress(phase, state, steps=(step,), said=said)
    return NodeProgress(f"mi-{number:017x}", f"web-{number}", "Failed", "Failed", (progress,), is_final=True)


def _fine(number: int) -> NodeProgress:
    progress = PhaseProgress(Phase.INSTALL, PhaseState.SUCCESS)
    return NodeProgress(f"mi-{number:017x}", f"web-{number}", "Success", "Success", (progress,), is_final=True)


def test_nodes_that_failed_alike_are_one_group_with_its_cause() -> None:
    nodes = [*(_node(n, _LOCKED.format(n)) for n in range(40)), _node(90, "No space left on device: /var"), _fine(91)]

    first, second = grouped(nodes)

    assert (len(first.nodes), first.place, first.line) == (40, "Install failed", _LOCKED.format(0))
    assert first.cause
    assert first.cause.key == "locked"
    assert (second.nodes, second.cause and second.cause.key) == ((("mi-0000000000000005a", "web-90"),), "no-space")


def test_the_same_words_in_another_phase_or_after_a_time_out_are_another_group() -> None:
    words = "waiting for the application"
    kinds = [
        _node(1, words, Phase.BEFORE_INSTALL),
        _node(2, words, Phase.ON_EXIT),
        _node(3, words, Phase.ON_EXIT, PhaseState.TIMED_OUT),
    ]
    causes = {group.place: group.cause and group.cause.key for group in grouped(kinds)}
    assert causes == {"Before install failed": "hook", "On exit failed": "hook", "On exit timed out": "time-out"}


def test_a_hook_that_reaches_nothing_is_not_said_to_lack_packages() -> None:
    curl = "curl: (7) Failed to connect to localhost port 8080: Connection refused"
    apt = "E: Failed to fetch http://deb.example.org/x.deb  Could not connect to deb.example.org:80"
    nodes = [
        _node(1, curl, Phase.AFTER_INSTALL),
        _node(2, apt, Phase.AFTER_INSTALL),
        _node(3, "curl: (7) Failed to connect to repo port 80: Connection refused", Phase.INSTALL),
    ]
    causes = [group.cause.key for group in grouped(nodes) if group.cause]
    assert causes == ["no-connection", "unreachable", "unreachable"]


def test_a_node_on_which_nothing_ran_is_grouped_by_what_ssm_says() -> None:
    nodes = [
        replace(_fine(n), status="TimedOut", status_details=details, headline=details, phases=())
        for n, details in enumerate(["DeliveryTimedOut", "Delivery Timed Out", "Undeliverable"])
    ]
    groups = grouped(nodes)
    assert {group.place for group in groups} == {"Nothing ran"}
    assert {group.cause.key for group in groups if group.cause} == {"undelivered"}


def test_a_node_that_was_left_out_because_others_had_failed_is_tried_again_and_a_cancelled_one_is_not() -> None:
    phases = tuple(PhaseProgress(phase, PhaseState.CANCELLED) for phase in (Phase.SCAN, Phase.INSTALL))
    left_out = replace(_fine(1), status="Cancelled", status_details="Terminated", phases=phases)
    cancelled = replace(_fine(2), status="Cancelled", status_details="Cancelled", phases=phases)
    (group,) = grouped([left_out, cancelled])
    assert (group.place, group.cause and group.cause.key) == ("Nothing ran", "terminated")
    assert group.instance_ids == (left_out.instance_id,)


def test_a_reboot_that_never_ended_is_named() -> None:
    (group,) = grouped([_node(1, "", Phase.REBOOT, PhaseState.TIMED_OUT)])
    assert group.cause
    assert group.cause.key == "no-return"


def test_a_line_that_only_the_whole_output_tells_moves_its_node_once_it_is_read() -> None:
    fold = FailureFold()
    for number in range(5):
        fold.take(_node(number, None))
    assert [group.key.line for group in fold.groups()] == [None]
    assert fold.unread()[0] == ("mi-00000000000000000", "InstallNoReboot")

    fold.tell("mi-00000000000000000", "InstallNoReboot", _LOCKED.format(7))
    told, untold = sorted(fold.groups(), key=lambda group: group.key.line is None)

    assert (told.cause and told.cause.key, len(told.nodes), len(untold.nodes)) == ("locked", 1, 4)
    assert ("mi-00000000000000000", "InstallNoReboot") not in fold.unread()


def test_a_node_that_is_well_again_leaves_its_group() -> None:
    fold = FailureFold()
    fold.take(_node(1, "x"))
    version = fold.version
    fold.take(_fine(1))
    assert (fold.groups(), fold.node_count) == ((), 0)
    assert fold.version > version


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([None, "", "a 1", "a 2", "b"])), max_size=40))
def test_however_nodes_come_the_groups_are_those_of_their_last_state(states: list[tuple[int, str | None]]) -> None:
    fold = FailureFold()
    last: dict[int, NodeProgress] = {}
    for number, said in states:
        last[number] = _node(number, said) if said != "" else _fine(number)
        fold.take(last[number])
    expected = {(group.key, frozenset(group.instance_ids)) for group in grouped(last.values())}
    assert {(group.key, frozenset(group.instance_ids)) for group in fold.groups()} == expected
    assert fold.node_count == sum(failure_of(node) is not None for node in last.values())
