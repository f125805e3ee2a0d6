"""What an answer means: a result, or which error of the tree."""

import json
import re
from typing import Any, Final
from xml.etree import ElementTree as ET

from patchgui.ssm.clock import clock_skew
from patchgui.ssm.errors import (
    AccessDenied,
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

_THROTTLED: Final = frozenset({
    "RateExceeded", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "ServiceUnavailable",
    "ServiceUnavailableException", "SlowDown", "Throttled", "ThrottledException", "Throttling", "ThrottlingException",
    "TooManyRequestsException", "TooManyUpdates",
})  # fmt: skip
_DENIED: Final = frozenset({
    "AccessDenied", "AccessDeniedException", "ForbiddenException", "NotAuthorized", "OptInRequired",
    "UnauthorizedOperation",
})  # fmt: skip
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
_SIGNATURE: Final = frozenset({
    "IncompleteSignature", "IncompleteSignatureException", "InvalidAccessKeyId", "InvalidClientTokenId",
    "InvalidSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
    "NotSignedException", "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch",
    "UnrecognizedClientException",
})  # fmt: skip
_TOO_MANY: Final = 429
# SSM says "invalid" of ids that it does not know.
_NOT_FOUND: Final = frozenset({
    "AssociationDoesNotExist", "AssociationExecutionDoesNotExist", "DoesNotExistException", "InvalidCommandId",
    "InvalidDocument", "InvalidDocumentVersion", "InvalidInstanceId", "InvalidPluginName", "InvalidResourceId",
    "InvocationDoesNotExist", "NoSuchBucket", "NoSuchKey", "NotFoundException", "ResourceNotFoundException",
})  # fmt: skip
_CONFLICT: Final = frozenset({
    "AlreadyExistsException", "AssociatedInstances", "AssociationAlreadyExists", "AssociationLimitExceeded",
    "DocumentAlreadyExists", "DocumentLimitExceeded", "DocumentVersionLimitExceeded", "DuplicateDocumentContent",
    "DuplicateDocumentVersionName", "IdempotentParameterMismatch", "InvalidDocumentOperation",
    "ResourceInUseException", "TargetInUseException", "TooManyTagsError",
})  # fmt: skip
_INVALID: Final = frozenset({
    "DuplicateInstanceId", "MaxDocumentSizeExceeded", "SerializationException", "UnsupportedOperatingSystem",
    "UnsupportedPlatformType", "ValidationError", "ValidationException",
})  # fmt: skip

# SSM sends several of its errors without a word.
_UNSAID: Final = {
    "AssociationAlreadyExists": "there is such an association already",
    "AssociationDoesNotExist": "there is no such association (any more)",
    "DuplicateInstanceId": "a node is named twice",
    "InternalServerError": "the service failed",
    "InvalidCommandId": "there is no such command",
    "InvalidDocument": "there is no such document",
    "InvalidDocumentVersion": "the document has no such version",
    "InvalidInstanceId": "a node is not known, or not in a state to take commands",
    "InvalidNextToken": "the list has changed too much to go on; read it again",
    "InvalidPluginName": "the document has no such step",
    "InvocationDoesNotExist": "the command was not sent to this node",
    "MaxDocumentSizeExceeded": "the document is larger than 64 KB",
    "UnsupportedPlatformType": "the document is not made for the platform of a node",
}
_FIELD_IN_TEXT: Final = re.compile(r"at '([^']+)' failed to satisfy")
_ACTION_IN_TEXT: Final = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9*]+)")
_REGION_IN_TEXT: Final = re.compile(r"scoped to a valid region")
_SKEW_IN_TEXT: Final = re.compile(r"signature (?:has )?expired|not yet current|too skewed", re.IGNORECASE)


def error_of_json(
    operation: str, http_status: int, body: bytes, request_id: str, *, service: str = "ssm", code: str = ""
) -> PatchError:
    """Return the error that a JSON answer stands for; ``code`` is the one in its headers, where a service puts it."""
    try:
        members: Any = json.loads(body)
    except ValueError:
        members = None
    if not isinstance(members, dict) or not (code := str(members.get("__type") or code)):
        return _strange(operation, http_status, body, request_id)
    # "com.amazonaws.ssm#InvalidDocument", and now and then a link after a colon.
    code = code.rpartition("#")[2].partition(":")[0]
    text = members.get("message") or members.get("Message") or ""
    return error_of(operation, code, str(text), http_status=http_status, request_id=request_id, service=service)


def error_of_xml(operation: str, http_status: int, body: bytes, request_id: str, *, service: str = "sts") -> PatchError:
    """Return the error that an XML answer of STS, EC2 or S3 stands for."""
    members = xml_texts(body)
    if not members.get("Code"):
        return _strange(operation, http_status, body, request_id)
    # EC2 spells it differently.
    request_id = members.get("RequestId") or members.get("RequestID") or request_id
    words = members.get("Message", "")
    return error_of(operation, members["Code"], words, http_status=http_status, request_id=request_id, service=service)


def xml_texts(body: bytes) -> dict[str, str]:
    """Return the texts of an XML answer by the names of their elements; empty when it is no XML."""
    try:
        root = ET.fromstring(body)  # noqa: S314 - expat refuses entity bombs since 2.4.1, and AWS sends no DTD
    except ET.ParseError:
        return {}
    return {element.tag.rpartition("}")[2]: element.text or "" for element in root.iter()}


def error_of(
    operation: str, code: str, text: str, *, http_status: int, request_id: str = "", service: str = "ssm"
) -> PatchError:
    """Return the error of the tree for one of the service's codes.

    Args:
        operation: the call that was answered, such as ``SendCommand``.
        code: the service's name for the error.
        text: the service's own words; SSM leaves them out now and then.
        http_status: the status of the answer.
        request_id: what the service calls this request.
        service: the service's name in permissions: ``ssm``, ``ec2``…
    """
    words = text.strip() or _UNSAID.get(code, "the service gave no reason")
    log_detail = f"{operation}: {code} (HTTP {http_status}, request {request_id or 'unknown'})"
    if code in _EXPIRED:
        return CredentialsExpired(
            f"The session has expired: {words}",
            hint="Sign in again; what runs goes on meanwhile.",
            log_detail=log_detail,
        )
    if code in _SIGNATURE:
        return _signature_error(code, words, log_detail)
    kind, hint = _kind_of(code, http_status)
    message = f"{operation} was refused: {words} ({code})"
    error = kind(message, code=code, http_status=http_status, request_id=request_id, hint=hint, log_detail=log_detail)
    if isinstance(error, AccessDenied):
        named = _ACTION_IN_TEXT.search(text)
        error.action = named.group(1) if named else f"{service}:{operation}"
        error.hint = f"Ask for the permission {error.action}."
    if isinstance(error, InvalidInput) and (found := _FIELD_IN_TEXT.search(text)):
        error.field = found.group(1)
    return error


def _signature_error(code: str, words: str, log_detail: str) -> CredentialError:
    if code in {"RequestTimeTooSkewed", "RequestExpired"} or _SKEW_IN_TEXT.search(words):
        return clock_skew(words, log_detail)
    what = "region of this connection" if _REGION_IN_TEXT.search(words) else "access key of this connection's profile"
    return CredentialError(
        f"The credentials were not accepted: {words} ({code})",
        hint=f"Check the {what}.",
        log_detail=log_detail,
    )


def _kind_of(code: str, http_status: int) -> tuple[type[ServiceError], str]:
    if code in _THROTTLED or http_status == _TOO_MANY:
        return Throttled, "The service asks for fewer calls; try again in a moment."
    if code in _DENIED:
        return AccessDenied, ""
    if code in _NOT_FOUND:
        return NotFound, "Reload the list: it may have been deleted, or belong to another region or account."
    if code in _CONFLICT:
        return Conflict, "Reload to see how it stands now."
    if code in _INVALID or code.startswith("Invalid"):
        return InvalidInput, "Correct the value and try again."
    return ServiceError, "Try again; if it stays, ask AWS support with the request id in the log."


def _strange(operation: str, http_status: int, body: bytes, request_id: str) -> PatchError:
    """Return the error for an answer that does not come from the service: a proxy's page, a gateway's."""
    log_detail = f"{operation}: HTTP {http_status}, request {request_id or 'unknown'}: {body[:500]!r}"
    if http_status < 500 and http_status != _TOO_MANY:
        return ProtocolError(
            f"The answer to {operation} is not one of Systems Manager (HTTP {http_status}).",
            hint="Check the address of this connection, and whether a proxy stands in between.",
            log_detail=log_detail,
        )
    # Not "throttled" for 503: some gateway says it, which may have passed the call on before it gave up.
    kind = Throttled if http_status == _TOO_MANY else ServiceError
    return kind(
        f"{operation}: the service could not answer (HTTP {http_status}).",
        http_status=http_status,
        request_id=request_id,
        hint="Try again in a moment.",
        log_detail=log_detail,
    )
