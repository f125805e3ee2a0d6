from patchgui.agent.worker.steps import StepOutline, outline


def step(name: str, **inputs: object) -> dict[str, object]:
    return {"name": name, "action": "aws:runShellScript", "inputs": inputs}


def test_the_steps_of_a_document_come_in_its_order() -> None:
    steps = outline({"mainSteps": [step("b"), step("a")]})

    assert [each.name for each in steps] == ["b", "a"]


def test_a_finally_step_counts_only_at_the_end() -> None:
    steps = outline({"mainSteps": [step("one", finallyStep=True), step("two", finallyStep="true")]})

    assert [each.is_finally for each in steps] == [False, True]


def test_the_words_of_the_structure_match_in_any_case() -> None:
    steps = outline({"MAINSTEPS": [{"Name": "one", "ACTION": "aws:x"}]})

    assert steps == (StepOutline("one", "aws:x"),)


def test_an_old_schema_has_its_plugins_for_steps() -> None:
    assert [each.name for each in outline({"runtimeConfig": {"aws:runShellScript": {}}})] == ["aws:runShellScript"]


def test_what_is_malformed_is_left_out() -> None:
    assert outline({"mainSteps": "none"}) == ()
    assert outline({"mainSteps": [3, step("one")]}) == (StepOutline("one", "aws:runShellScript"),)
    assert outline({}) == ()
