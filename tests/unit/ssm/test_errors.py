import inspect

import pytest

from patchgui.ssm import errors
from patchgui.ssm.errors import (
    AccessDenied,
    PatchError,
    ProtocolError,
    ServiceError,
    Throttled,
    TimedOut,
    TlsRefused,
    Unreachable,
)


@pytest.mark.parametrize(
    ("error", "is_known"),
    [
        (Unreachable("never left", was_sent=False), True),
        (Unreachable("broke"), False),
        (TimedOut("silent"), False),
        (TlsRefused("untrusted"), True),
        (AccessDenied("no", http_status=400), True),
        (ServiceError("failed", http_status=500), False),
        (Throttled("slower", http_status=503), True),
        (ProtocolError("what?"), False),
    ],
)
def test_it_is_told_whether_a_call_can_have_taken_effect(error: PatchError, is_known: bool) -> None:
    assert error.is_outcome_known is is_known


def test_an_error_speaks_to_the_operator_and_keeps_the_rest_for_the_log() -> None:
    error = PatchError("The disk is full.", hint="Free some space.", log_detail="ENOSPC")
    assert (str(error), error.hint, error.log_detail) == ("The disk is full.", "Free some space.", "ENOSPC")


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = [line.lstrip("│├└─ ").split(maxsplit=1)[0] for line in inspect.getdoc(errors).splitlines()[4:] if line]  # type: ignore[union-attr]  # it has one
    defined = [name for name, each in vars(errors).items() if inspect.isclass(each) and issubclass(each, PatchError)]
    assert [name for name in drawn if name[0].isupper()] == defined
