import pytest

from patchgui.ssm.errors import InvalidInput
from patchgui.ssm.shapes import GetDocumentRequest, SendCommandRequest, Target
from patchgui.ssm.validation import checked


def test_a_bad_value_is_named_with_its_rule() -> None:
    with pytest.raises(InvalidInput, match=r"Name cannot be 'x!': string should match pattern") as caught, checked():
        GetDocumentRequest(name="x!")
    assert caught.value.field == "name"
    assert caught.value.is_outcome_known
    assert caught.value.hint


def test_every_bad_value_is_named_and_a_long_one_is_cut() -> None:
    with pytest.raises(InvalidInput) as caught, checked():
        SendCommandRequest(document_name="AWS-Noop", comment="y" * 200, timeout_seconds=5)
    text = str(caught.value)
    assert "Timeout seconds cannot be 5: input should be greater than or equal to 30" in text
    assert "Comment cannot be 'yyy" in text
    assert "y" * 100 not in text


def test_a_path_leads_to_a_nested_member() -> None:
    with pytest.raises(InvalidInput) as caught, checked():
        SendCommandRequest(
            document_name="AWS-Noop",
            targets=tuple(Target.model_construct(key="tag:Role", values=("web",)) for _ in range(6)),
        )
    assert caught.value.field == "targets"


def test_good_values_pass() -> None:
    with checked():
        assert GetDocumentRequest(name="AWS-Noop").name == "AWS-Noop"
