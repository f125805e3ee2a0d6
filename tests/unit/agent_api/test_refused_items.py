import pytest
from pydantic import ValidationError

from patchgui.agent.api.validation import refusal_of
from patchgui.ssm.shapes import ListCommandsRequest


def test_a_wrong_item_is_not_told_as_a_list_too_short_as_well() -> None:
    with pytest.raises(ValidationError) as caught:
        ListCommandsRequest.from_wire({"Filters": [{"key": "Nope", "value": "Foo"}]})

    text = str(refusal_of(caught.value))

    assert "1 validation error detected: Value 'Nope' at 'filters.1.member.key'" in text


def test_an_empty_list_is_told_to_be_too_short() -> None:
    with pytest.raises(ValidationError) as caught:
        ListCommandsRequest.from_wire({"Filters": []})

    assert "at 'filters' failed to satisfy constraint: Member must have length" in str(refusal_of(caught.value))
