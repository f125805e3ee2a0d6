"""The node model: filter, sort and picks, at any size."""

import statistics
import time

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from patchgui.patching.node_query import parse_query
from patchgui.ui.patch_now.node_cells import Column
from patchgui.ui.patch_now.node_model import NodeTableModel
from tests.ui.patch_now.scenes import THREE, node


def names(model: NodeTableModel) -> list[str]:
    return [row.name for row in model.visible_rows()]


def filled() -> NodeTableModel:
    model = NodeTableModel()
    model.replace_all(THREE)
    return model


def test_qt_finds_nothing_wrong_with_the_model(qtmodeltester: ModelTester) -> None:
    model = filled()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.set_query(parse_query("web"))
    model.take([node(9, "web-9"), node(1, "web-1", missing=0)])
    model.publish()
    model.sort(Column.COMPLIANCE, Qt.SortOrder.DescendingOrder)
    model.pick_everything_that_matches()


def test_a_node_that_comes_again_takes_the_place_of_its_earlier_row(qapp: object) -> None:
    model = filled()
    model.pick_ids([THREE[0].instance_id])
    model.take([node(1, "a-web", missing=0), node(4, "mail-1")])
    model.publish()
    assert names(model) == ["a-web", "db-1", "mail-1", "web-2"]
    assert [row.missing_count for row in model.picked_rows()] == [0]


def test_nodes_that_are_gone_are_dropped_with_their_picks(qapp: object) -> None:
    model = filled()
    model.pick_everything_that_matches()
    model.keep_only([THREE[0].instance_id, THREE[2].instance_id])
    assert names(model) == ["db-1", "web-1"]
    assert model.picked_count == 2
    model.take([node(5, "web-5")])
    model.publish()
    assert names(model) == ["db-1", "web-1", "web-5"]


def test_the_last_scan_is_forgotten_with_the_nodes_it_was_of(qapp: object) -> None:
    model = filled()
    assert model.last_scan_at is not None
    model.take([node(at, name, missing=None) for at, name in ((1, "web-1"), (2, "web-2"), (3, "db-1"))])
    model.publish()
    model.keep_only([row.instance_id for row in THREE])
    assert model.last_scan_at is None


def test_only_the_nodes_of_a_target_are_shown_and_filtered_among(qapp: object) -> None:
    model = filled()
    model.show_only([THREE[1].instance_id, THREE[2].instance_id])
    assert names(model) == ["db-1", "web-2"]
    model.set_query(parse_query("web"))
    assert names(model) == ["web-2"]
    model.show_only(None)
    assert names(model) == ["web-1", "web-2"]


def test_what_was_not_read_yet_is_not_called_never_scanned(qapp: object) -> None:
    model = NodeTableModel()
    model.replace_all([node(1, "web-1", missing=None, is_scan_known=False), node(2, "web-2", missing=None)])
    told = [model.index(row, Column.COMPLIANCE).data() for row in range(2)]
    assert told == ["Not known", "Never scanned"]
    model.set_query(parse_query("is:unscanned"))
    assert names(model) == ["web-2"]


def test_rows_come_sorted_by_name_and_turn_round(qapp: object) -> None:
    model = filled()
    assert names(model) == ["db-1", "web-1", "web-2"]
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert names(model) == ["web-2", "web-1", "db-1"]


def test_the_worst_compliance_can_be_brought_to_the_top(qapp: object) -> None:
    model = filled()
    model.sort(Column.COMPLIANCE, Qt.SortOrder.DescendingOrder)
    assert names(model)[0] == "db-1"


def test_the_filter_shows_what_matches_and_keeps_the_order(qapp: object) -> None:
    model = filled()
    model.set_query(parse_query("tag:Role=web"))
    assert names(model) == ["web-1", "web-2"]
    model.set_query(parse_query(""))
    assert model.rowCount() == 3


def test_ctrl_a_means_everything_that_matches_and_hidden_picks_stay(qapp: object) -> None:
    model = filled()
    model.pick_ids([THREE[2].instance_id])
    model.set_query(parse_query("web"))
    model.pick_everything_that_matches()
    assert (model.picked_count, model.hidden_picks) == (3, 1)
    assert model.visible_pick_state is Qt.CheckState.Checked
    assert len(model.picked_ids) == 3


def test_the_tick_box_of_all_knows_some(qapp: object) -> None:
    model = filled()
    states = [model.visible_pick_state]
    model.set_picked(0, 0, picked=True)
    states.append(model.visible_pick_state)
    assert states == [Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked]


def test_a_reload_keeps_picks_of_nodes_that_are_still_there(qapp: object) -> None:
    model = filled()
    model.pick_everything_that_matches()
    told: list[int] = []
    model.picks_changed.connect(lambda: told.append(model.picked_count))
    model.replace_all(THREE[:2])
    assert model.picked_count == 2
    assert told == [2]


def test_copied_rows_are_a_table_of_the_columns_asked_for(qapp: object) -> None:
    model = filled()
    model.set_picked(1, 2, picked=True)
    assert model.as_tsv([Column.NAME, Column.COMPLIANCE]) == "Name\tCompliance\nweb-1\t5 missing\nweb-2\t5 missing\n"


def test_cells_are_made_before_they_are_painted(qapp: object) -> None:
    model = filled()
    first = model.index(0, Column.NAME)
    assert model.cells_at(0) is model.cells_at(0)
    assert "Role = db" in first.data(Qt.ItemDataRole.ToolTipRole)


def test_a_keystroke_over_a_hundred_thousand_rows_takes_one_frame(qapp: object) -> None:
    model = NodeTableModel()
    model.replace_all([node(n, f"{'web' if n % 2 else 'db'}-{n}") for n in range(100_000)])
    took_ms = []
    for typed in ("w", "we", "web", "web-", "web-1", "web-12", "web-1", "tag:Role=db", "tag:Role=db 77", ""):
        started = time.process_time()
        model.set_query(parse_query(typed))
        took_ms.append((time.process_time() - started) * 1000)
    # The goal is 16 ms (make bench measures it alone); a machine that runs tests beside it is given some air.
    assert statistics.median(took_ms) < 40, took_ms
