import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.ssm.errors import (
    AccessDenied,
    ClockSkew,
    Conflict,
    CredentialError,
    CredentialsExpired,
    InvalidInput,
    NotFound,
    PatchError,
    ProtocolError,
    ServiceError,
    Throttled,
)
from patchgui.ssm.replies import error_of_json, error_of_xml


def error_of(code: str, text: str = "Some words.", http_status: int = 400) -> PatchError:
    return error_of_json("SendCommand", http_status, json.dumps({"__type": code, "message": text}).encode(), "r-1")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ThrottlingException", Throttled),
        ("TooManyUpdates", Throttled),
        ("AccessDeniedException", AccessDenied),
        ("InvalidDocument", NotFound),
        ("InvalidInstanceId", NotFound),
        ("InvocationDoesNotExist", NotFound),
        ("DoesNotExistException", NotFound),
        ("DocumentAlreadyExists", Conflict),
        ("DuplicateDocumentContent", Conflict),
        ("ValidationException", InvalidInput),
        ("InvalidDocumentContent", InvalidInput),
        ("InvalidParameters", InvalidInput),
        ("UnsupportedPlatformType", InvalidInput),
        ("InternalServerError", ServiceError),
        ("SomethingOfTomorrow", ServiceError),
        ("ExpiredTokenException", CredentialsExpired),
        ("UnrecognizedClientException", CredentialError),
        ("MissingAuthenticationTokenException", CredentialError),
        ("InvalidSignatureException", CredentialError),
    ],
)
def test_a_code_becomes_one_kind_of_error(code: str, kind: type[PatchError]) -> None:
    error = error_of(code)
    assert type(error) is kind
    assert error.hint
    assert "r-1" in error.log_detail
    assert code in error.log_detail


def test_the_operator_reads_what_was_refused_and_why() -> None:
    error = error_of("InvalidDocument", "Document Stop-App does not exist.")
    assert isinstance(error, ServiceError)
    assert str(error) == "SendCommand was refused: Document Stop-App does not exist. (InvalidDocument)"
    assert (error.code, error.http_status, error.request_id) == ("InvalidDocument", 400, "r-1")


def test_an_error_without_a_word_gets_some() -> None:
    assert "a node is not known" in str(error_of("InvalidInstanceId", ""))
    assert "gave no reason" in str(error_of("SomethingOfTomorrow", ""))


@pytest.mark.parametrize(
    "code",
    ["com.amazonaws.ssm#InvalidDocument", "InvalidDocument:http://internal.amazon.com/coral/", "InvalidDocument"],
)
def test_the_code_is_read_in_every_spelling(code: str) -> None:
    assert isinstance(error_of(code), NotFound)


def test_the_message_is_read_in_both_spellings() -> None:
    body = b'{"__type": "InvalidParameters", "Message": "Capital words."}'
    assert "Capital words." in str(error_of_json("SendCommand", 400, body, ""))


def test_the_member_at_fault_is_named() -> None:
    text = (
        "1 validation error detected: Value '-1' at 'timeoutSeconds' failed to satisfy constraint: "
        "Member must have value greater than or equal to 30"
    )
    error = error_of("ValidationException", text)
    assert isinstance(error, InvalidInput)
    assert error.field == "timeoutSeconds"


def test_a_missing_permission_is_named() -> None:
    text = (
        "User: arn:aws:sts::123456789012:assumed-role/ops/me is not authorized to perform: ssm:SendCommand on "
        "resource: arn:aws:ssm:eu-central-1::document/AWS-RunPatchBaseline because no identity-based policy allows it"
    )
    error = error_of("AccessDeniedException", text)
    assert isinstance(error, AccessDenied)
    assert (error.action, error.hint) == ("ssm:SendCommand", "Ask for the permission ssm:SendCommand.")
    unsaid = error_of("AccessDeniedException", "")
    assert isinstance(unsaid, AccessDenied)
    assert unsaid.action == "ssm:SendCommand"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("InvalidSignatureException", "Signature expired: 20261123T090000Z is now earlier than 20261123T091000Z"),
        ("InvalidSignatureException", "Signature not yet current: 20261123T090000Z is still later than 20261123T08Z"),
        ("RequestTimeTooSkewed", "The difference is too large."),
    ],
)
def test_a_wrong_clock_is_told_from_a_wrong_key(code: str, text: str) -> None:
    assert isinstance(error_of(code, text), ClockSkew)


@pytest.mark.parametrize(
    ("http_status", "kind"),
    [(503, ServiceError), (429, Throttled), (502, ServiceError), (404, ProtocolError), (403, ProtocolError)],
)
def test_a_page_of_some_proxy_is_no_answer_of_the_service(http_status: int, kind: type[PatchError]) -> None:
    error = error_of_json("ListCommands", http_status, b"<html>Bad gateway</html>", "")
    assert type(error) is kind
    assert "Bad gateway" in error.log_detail
    assert "Bad gateway" not in str(error)


def test_sts_answers_in_xml() -> None:
    body = (
        b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        b"<Code>InvalidClientTokenId</Code><Message>The security token is invalid.</Message></Error>"
        b"<RequestId>r-2</RequestId></ErrorResponse>"
    )
    error = error_of_xml("GetCallerIdentity", 403, body, "")
    assert type(error) is CredentialError
    assert "The security token is invalid." in str(error)
    assert "r-2" in error.log_detail
    assert isinstance(error_of_xml("GetCallerIdentity", 403, b"<html>", ""), ProtocolError)


@given(st.integers(400, 599), st.binary(max_size=200))
def test_any_answer_becomes_an_error_of_the_tree(http_status: int, body: bytes) -> None:
    assert isinstance(error_of_json("ListCommands", http_status, body, ""), PatchError)
    assert isinstance(error_of_xml("GetCallerIdentity", http_status, body, ""), PatchError)


def test_a_region_that_is_not_the_services_is_not_blamed_on_the_key() -> None:
    error = error_of("SignatureDoesNotMatch", "Credential should be scoped to a valid region, not 'eu-nowhere-1'.")
    assert error.hint == "Check the region of this connection."
    assert error_of("SignatureDoesNotMatch").hint == "Check the access key of this connection's profile."
