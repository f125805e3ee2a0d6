"""The matrix of nodes and phases, without a window."""

from dataclasses import replace

from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from patchgui.patching.progress import PhaseState
from patchgui.ui.run.matrix_filter import parse_filter
from patchgui.ui.run.matrix_model import MatrixModel
from tests.ui.run.scenes import APP_1, DB_1, LATE_1, NODES, OK, PHASES, WEB_1, WEB_2, node_at

LABELS = [phase.label for phase in PHASES]


def _model() -> MatrixModel:
    model = MatrixModel()
    model.open(LABELS, NODES)
    return model


def _names(model: MatrixModel) -> list[str]:
    return [model.node_at(place).name for place in range(model.rowCount())]


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model = _model()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.replace(replace(WEB_1, status="Success"))
    model.replace(LATE_1)
    model.publish()
    model.set_filter(parse_filter("status:failed"))
    model.set_filter(parse_filter(""))
    model.sort(4, Qt.SortOrder.DescendingOrder)


def test_nothing_is_repainted_before_a_batch_is_published_and_then_once() -> None:
    model = _model()
    painted: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: painted.append((first.row(), last.row())))
    model.replace(replace(WEB_2, headline="x"))
    model.replace(replace(APP_1, headline="x"))
    assert painted == []
    model.publish()
    assert painted == [(1, 3)]


def test_nodes_that_come_late_stand_at_the_end() -> None:
    model = _model()
    model.replace(LATE_1)
    model.publish()
    assert _names(model) == ["web-1", "web-2", "db-1", "app-el-1", "legacy-1"]


def test_the_failure_filter_follows_the_run() -> None:
    model = _model()
    model.set_filter(parse_filter("status:failed,timed"))
    assert _names(model) == ["web-2"]
    model.replace(
        node_at(DB_1.instance_id, "db-1", OK, OK, PhaseState.FAILED, PhaseState.SKIPPED, PhaseState.SKIPPED, OK)
    )
    model.publish()
    assert _names(model) == ["web-2", "db-1"]
    model.replace(node_at(WEB_2.instance_id, "web-2", *[OK] * 6))
    model.publish()
    assert _names(model) == ["db-1"]


def test_words_and_statuses_filter_together() -> None:
    model = _model()
    model.set_filter(parse_filter("web status:rebooting,failed"))
    assert _names(model) == ["web-1", "web-2"]
    model.set_filter(parse_filter("mi-0a9e"))
    assert _names(model) == ["db-1"]


def test_sorting_by_a_phase_puts_the_worst_first_and_keeps_the_chosen_row() -> None:
    model = _model()
    held = QPersistentModelIndex(model.index(1, 0))
    model.sort(4)
    assert _names(model)[0] == "web-2"
    assert held.row() == 0
    model.sort(-1)
    assert _names(model) == ["web-1", "web-2", "db-1", "app-el-1"]


def test_a_cell_says_its_state_in_words_for_a_screen_reader() -> None:
    model = _model()
    spoken = model.index(1, 5).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "web-2, Reboot: skipped, Skipped because After install failed."
    assert model.index(1, 5).data(Qt.ItemDataRole.ToolTipRole) == "Skipped because After install failed."


def test_a_rebooting_node_counts_how_long_it_is_away_up_to_now() -> None:
    assert str(_model().index(0, 5).data()).endswith("s away")


def test_the_worst_node_is_the_one_to_look_at() -> None:
    model = _model()
    worst = model.worst()
    assert worst is not None
    assert worst.name == "web-2"
