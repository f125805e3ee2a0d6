"""Drafts of tasks: what they change, what they leave, and what becomes of them when somebody else was there first."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from patchgui.patching.document_parameters import DocumentParameter, parameters_of
from patchgui.patching.phases import Phase
from patchgui.patching.window_tasks.draft import TaskDraft, difference, update_members
from patchgui.patching.window_tasks.fields import (
    DOCUMENT,
    RUN_COMMAND,
    Fields,
    Path,
    fields_of,
    is_same,
    members_of,
    parameter,
)
from patchgui.patching.window_tasks.merge import Side, compare, merge
from patchgui.patching.window_tasks.names import spoken
from patchgui.patching.window_tasks.problems import problems_of
from patchgui.patching.window_tasks.switching import left_out, switched
from patchgui.resource import folder

TASK: dict[str, Any] = {
    "WindowId": "mw-0123456789abcdef0",
    "WindowTaskId": "0b9ce4b2-5b2d-4d70-9f24-5b6c9a1e2f30",
    "TaskArn": "AWS-RunPatchBaseline",
    "TaskType": "RUN_COMMAND",
    "Name": "PatchingTask",
    "Description": "",
    "Priority": 1,
    "Targets": [{"Key": "WindowTargetIds", "Values": ["0b9ce4b2-5b2d-4d70-9f24-5b6c9a1e2f31"]}],
    "TaskParameters": {},
    "TaskInvocationParameters": {
        "RunCommand": {
            "Comment": "nightly",
            "DocumentHash": "a" * 64,
            "DocumentHashType": "Sha256",
            "Parameters": {"Operation": ["Install"], "BaselineOverride": ["s3://bucket/file"]},
            "Tomorrow": {"Empty": {}, "Deep": [1, {"x": None}]},
        }
    },
    "AddedIn2027": {"Mode": "NEW"},
}
COMMENT = (*RUN_COMMAND, "Comment")

_NAMES = st.sampled_from(["A", "B", "C"])
_VALUES = st.one_of(st.integers(0, 2), st.sampled_from(["", "x", "y"]), st.lists(st.integers(0, 1), max_size=2))
_MEMBERS = st.recursive(
    st.dictionaries(_NAMES, _VALUES, max_size=3), lambda inner: st.dictionaries(_NAMES, st.one_of(_VALUES, inner))
)
_FIELDS: st.SearchStrategy[dict[Path, Any]] = st.dictionaries(
    st.sampled_from([DOCUMENT, COMMENT, ("Priority",), ("Name",), parameter("A"), parameter("B"), ("Unknown",)]),
    st.sampled_from(["1", "2", "3"]),
)


@given(_MEMBERS)
def test_fields_are_the_members_and_nothing_else(members: dict[str, Any]) -> None:
    assert members_of(fields_of(members)) == members


def test_a_change_names_its_own_member_and_leaves_the_others() -> None:
    draft = TaskDraft.of(TASK).with_value(("Priority",), 5)
    assert update_members(draft) == {
        "WindowId": TASK["WindowId"],
        "WindowTaskId": TASK["WindowTaskId"],
        "Priority": 5,
    }
    assert [(each.name, each.old_text, each.new_text) for each in draft.changes] == [("Priority", "1", "5")]


def test_invocation_parameters_go_back_whole_with_what_is_not_known() -> None:
    draft = TaskDraft.of(TASK).with_parameter("Operation", ["Scan"])
    sent = update_members(draft)["TaskInvocationParameters"]["RunCommand"]
    before = TASK["TaskInvocationParameters"]["RunCommand"]
    assert sent == before | {"Parameters": before["Parameters"] | {"Operation": ["Scan"]}}


def test_a_member_can_only_be_taken_away_when_all_others_are_named() -> None:
    sent = update_members(TaskDraft.of(TASK).with_value(("Name",), None))
    assert sent["Replace"] is True
    left_out = {"Name", "TaskType", "Description"}
    assert sent == {name: value for name, value in TASK.items() if name not in left_out} | {"Replace": True}


def test_what_is_empty_is_not_a_change_and_what_was_is_restored_whole() -> None:
    draft = TaskDraft.of(TASK)
    assert draft.with_value(("Description",), None).changes == ()
    assert draft.with_value(("Priority",), 3).with_value(("Priority",), 1).mine == draft.mine
    assert draft.with_parameter("Operation", [""]).changes != ()
    assert "Priority" in draft.kept
    assert "AddedIn2027.Mode" in draft.kept


def test_a_switch_keeps_common_parameters_and_brings_the_others_back() -> None:
    draft = TaskDraft.of(TASK)
    other = switched(draft, "AWS-RunPatchBaselineWithHooks", None, ["Operation", "OnExitHookDocName"])
    said = "Left out, since AWS-RunPatchBaselineWithHooks has no such parameter: Baseline override."
    assert left_out(other) == said
    assert {(each.name, each.old_text, each.new_text) for each in other.changes} == {
        ("Document", "AWS-RunPatchBaseline", "AWS-RunPatchBaselineWithHooks"),
        ("Baseline override", "s3://bucket/file", ""),
        ("Document hash", "a" * 64, ""),
        ("Type of the document hash", "Sha256", ""),
    }
    back = switched(other, "AWS-RunPatchBaseline", None, ["Operation", "BaselineOverride"])
    assert (back.changes, back.set_aside) == ((), {})


@given(_FIELDS, _FIELDS, _FIELDS, st.data())
def test_both_changes_hold_where_they_do_not_meet_and_the_chosen_one_where_they_do(
    base: dict[Path, Any], mine: dict[Path, Any], theirs: dict[Path, Any], data: st.DataObject
) -> None:
    draft = TaskDraft(base, mine)
    meanwhile = compare(draft, theirs)
    choices = {each: data.draw(st.sampled_from(Side), label=each.name) for each in meanwhile.overlaps}
    merged = merge(draft, meanwhile, choices)
    assert merged.base == theirs
    grouped = {path: side for overlap, side in choices.items() for path in overlap.paths}
    for path in {*base, *mine, *theirs, *merged.mine}:
        assert _is(merged.mine, path, _expected(path, base, mine, theirs, grouped)), path
    for overlap in meanwhile.overlaps:
        assert all(not _is(theirs, path, mine.get(path)) for path in overlap.paths)


def _expected(path: Path, base: Fields, mine: Fields, theirs: Fields, grouped: dict[Path, Side]) -> Any:
    if path in grouped:
        return mine.get(path) if grouped[path] is Side.MINE else theirs.get(path)
    if is_same(path, base.get(path), theirs.get(path)):
        return mine.get(path)
    # They changed it: then I left it alone or changed it to the same.
    assert is_same(path, base.get(path), mine.get(path)) or is_same(path, mine.get(path), theirs.get(path))
    return theirs.get(path)


def _is(fields: Fields, path: Path, value: Any) -> bool:
    return is_same(path, fields.get(path), value)


@given(_FIELDS, _FIELDS)
def test_alone_a_draft_meets_nobody(base: dict[Path, Any], mine: dict[Path, Any]) -> None:
    draft = TaskDraft(base, mine)
    meanwhile = compare(draft, base)
    assert (meanwhile.changes, meanwhile.overlaps) == ((), ())
    assert difference(merge(draft, meanwhile, {}).mine, mine) == ()


def test_another_document_and_its_parameters_are_chosen_together() -> None:
    draft = TaskDraft.of(TASK).with_parameter("Operation", ["Scan"])
    theirs = switched(TaskDraft.of(TASK), "AWS-RunShellScript", None, []).with_parameter("commands", ["true"]).mine
    meanwhile = compare(draft, theirs)
    (overlap,) = meanwhile.overlaps
    assert overlap.name == "Document and parameters"
    assert merge(draft, meanwhile, {overlap: Side.THEIRS}).changes == ()
    mine = merge(draft, meanwhile, {overlap: Side.MINE})
    assert difference(mine.mine, draft.mine) == ()


def test_limits_are_said_in_words_and_only_of_what_is_sent() -> None:
    draft = TaskDraft.of(TASK | {"Name": "x"})
    assert problems_of(draft, None) == ()
    draft = draft.with_value(("MaxConcurrency",), "0").with_value(("Priority",), -1).with_value(("Targets",), [])
    assert {problem.text for problem in problems_of(draft, None)} == {
        "Targets: a task that runs a document needs at least one.",
        "At a time: a number of nodes such as 5, or a share such as 10%.",
        "Priority: 0 or more; smaller numbers start first.",
    }


def test_a_parameter_that_the_document_has_no_place_for_is_a_problem_once_it_is_touched() -> None:
    declared = (DocumentParameter("Operation", allowed_values=("Scan", "Install")),)
    assert problems_of(TaskDraft.of(TASK), declared) == ()
    draft = TaskDraft.of(TASK).with_parameter("Operation", ["Look"])
    assert [each.text for each in problems_of(draft, declared)] == ["Operation: it must be one of Scan and Install."]
    draft = TaskDraft.of(TASK).with_value(DOCUMENT, "Mine")
    assert [each.path for each in problems_of(draft, declared)] == [parameter("BaselineOverride")]


@pytest.mark.parametrize(
    ("declared", "values", "said"),
    [
        ({"type": "Boolean", "default": True}, ["yes"], "true or false"),
        ({"type": "Integer", "default": 3}, ["3.5"], "whole number"),
        ({"type": "Integer", "default": 3}, ["4"], ""),
        ({"type": "StringMap", "default": {}}, ["[]"], "JSON"),
        ({"type": "MapList", "default": []}, ['{"a": 1}', "{}"], ""),
        ({"type": "String", "default": "", "allowedPattern": "^[a-z]+$"}, ["A"], "pattern"),
        ({"type": "String", "default": "", "allowedPattern": "(?=x)"}, ["A"], ""),
        ({"type": "String", "default": "", "allowedPattern": "^[a-z]+$"}, ["{{ WINDOW_ID }}"], ""),
        ({"type": "StringList", "default": [], "maxItems": 1}, ["a", "b"], "at most 1 value"),
        ({"type": "String", "minChars": "2"}, ["a"], "at least 2 characters"),
        ({"type": "String", "default": ""}, ["a", "b"], "one value"),
        ({"type": "String"}, None, "must be given"),
        ({"type": "String", "default": ""}, None, ""),
    ],
)
def test_the_rules_of_a_parameter_are_told(declared: dict[str, Any], values: list[str] | None, said: str) -> None:
    (one,) = parameters_of({"schemaVersion": "2.2", "parameters": {"x": declared}})
    assert said in one.problem(values)
    assert bool(one.problem(values)) is bool(said)


def test_the_hooks_of_the_wrapper_pick_documents_and_know_their_phase() -> None:
    text = (folder() / "documents" / "AWS-RunPatchBaselineWithHooks.yaml").read_text(encoding="utf-8")
    declared = parameters_of(yaml.safe_load(text)["content"])
    assert {each.name: each.hook for each in declared if each.picks_document} == {
        "PreInstallHookDocName": Phase.BEFORE_INSTALL,
        "PostInstallHookDocName": Phase.AFTER_INSTALL,
        "OnExitHookDocName": Phase.ON_EXIT,
    }
    assert [each.name for each in declared if each.is_required] == ["Operation"]


def test_names_are_spoken() -> None:
    assert [spoken(name) for name in ("RebootOption", "SnapshotId", "commands", "S3Bucket", "AWSRegion")] == [
        "Reboot option",
        "Snapshot id",
        "Commands",
        "S3 bucket",
        "AWS region",
    ]
