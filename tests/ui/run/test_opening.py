"""A large run comes in over several frames: until all of it is there, nothing on screen claims more."""

from patchgui.console.events import RunEnded
from tests.ui.run.conftest import Screen
from tests.ui.run.scenes import BAD, OK, SKIP, START, ended_summary, node_at, opened

NODES = 3_000


def test_a_part_of_a_run_is_called_a_part_and_is_not_retried(screen: Screen) -> None:
    nodes = [node_at(f"mi-{number}", f"web-{number:04}", OK, OK, OK, BAD, SKIP, OK) for number in range(NODES)]
    screen.service.events = [opened(nodes, ended_summary(node_count=NODES)), RunEnded("Failed", START)]
    seen: list[tuple[int, bool, bool]] = []

    def look() -> None:
        header = screen.view.header
        seen.append((screen.presenter.tally.nodes, "as far as read" in header.far.text(), header.retry.isVisible()))

    screen.presenter.moved.connect(look)
    screen.open()
    screen.loop.until(lambda: not screen.presenter.is_reading)
    screen.presenter.moved.disconnect(look)
    parts = [each for each in seen if 0 < each[0] < NODES]
    assert parts
    assert all(is_told and not is_offered for _, is_told, is_offered in parts)
    assert seen[-1] == (NODES, False, True)
    assert screen.view.header.retry.text() == "Retry 3,000 nodes…"
