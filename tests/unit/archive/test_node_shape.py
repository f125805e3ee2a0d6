"""A node that is taken apart and put together again is the node that it was, whatever it holds."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from patchgui.console.archive.node_shape import NodeShape, decode_moving, encode, written
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState, StepProgress

moments = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
codes = st.none() | st.integers(-1, 2**31)
# Every field is drawn: one that is added and not stored makes these tests fail.
steps = st.builds(
    StepProgress,
    name=texts,
    status=st.sampled_from(PhaseState),
    exit_code=codes,
    started_at=moments,
    ended_at=moments,
    skipped_reason=texts,
)
phases = st.builds(
    PhaseProgress,
    phase=st.sampled_from(Phase),
    state=st.sampled_from(PhaseState),
    text=texts | st.just("2 s"),
    reason=texts,
    exit_code=codes,
    started_at=moments,
    ended_at=moments,
    steps=st.lists(steps, max_size=3).map(tuple),
    document=st.none() | texts,
    said=st.none() | texts,
)
nodes = st.builds(
    NodeProgress,
    instance_id=texts,
    name=texts,
    status=texts,
    status_details=texts,
    phases=st.lists(phases, max_size=4).map(tuple),
    headline=texts,
    away_since=moments,
    is_final=st.booleans(),
    started_at=moments,
    ended_at=moments,
)


@given(nodes)
def test_a_node_comes_back_as_it_was(node: NodeProgress) -> None:
    taken = encode(node)
    if taken.told is None:
        assert decode_moving(node.instance_id, node.name, taken.moments) == node
        return
    shape = NodeShape.read(written(taken.told))
    assert shape.node(node.instance_id, node.name, taken.moments, taken.words) == node


def test_every_field_is_drawn() -> None:
    for kind, strategy in ((StepProgress, steps), (PhaseProgress, phases), (NodeProgress, nodes)):
        drawn = str(strategy)
        assert all(f"{name}=" in drawn for name in kind.__slots__)
