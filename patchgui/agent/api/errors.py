"""How a refusal looks on the wire, in the JSON protocol of Systems Manager and in the query protocol of STS."""

import json
from typing import NamedTuple
from xml.sax.saxutils import escape

from starlette.responses import Response

from patchgui.agent.refusal import Refusal

JSON_TYPE = "application/x-amz-json-1.1"
XML_TYPE = "text/xml"
STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"

_LOWER_CASE_MESSAGE = frozenset(
    {
        # What the frame in front of the service says, not the service.
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "SerializationException",
        "ThrottlingException",
        "UnknownOperationException",
        "UnrecognizedClientException",
        "ValidationException",
        # The few of the service's own that its model spells so.
        "InvalidFilterOption",
        "InvalidInstanceInformationFilterValue",
    }
)


class _QueryError(NamedTuple):
    code: str
    http_status: int


_QUERY_ERRORS = {
    "ExpiredTokenException": _QueryError("ExpiredToken", 403),
    "IncompleteSignatureException": _QueryError("IncompleteSignature", 400),
    "InvalidSignatureException": _QueryError("SignatureDoesNotMatch", 403),
    "MissingAuthenticationTokenException": _QueryError("MissingAuthenticationToken", 403),
    "ThrottlingException": _QueryError("Throttling", 400),
    "UnrecognizedClientException": _QueryError("InvalidClientTokenId", 403),
}


def json_refusal(refusal: Refusal, request_id: str) -> Response:
    """Return a refusal as Systems Manager words it: ``__type`` and the message."""
    body: dict[str, str] = {"__type": refusal.code}
    if refusal.message:
        body["message" if refusal.code in _LOWER_CASE_MESSAGE else "Message"] = refusal.message
    headers = {"x-amzn-requestid": request_id, "content-type": JSON_TYPE}
    return Response(json.dumps(body, ensure_ascii=False), refusal.http_status, headers)


def query_refusal(refusal: Refusal, request_id: str) -> Response:
    """Return a refusal as STS words it: XML, with codes of its own for the signature."""
    code, http_status = _QUERY_ERRORS.get(refusal.code, _QueryError(refusal.code, refusal.http_status))
    fault = "Sender" if http_status < 500 else "Receiver"
    body = (
        f'<ErrorResponse xmlns="{STS_NAMESPACE}"><Error><Type>{fault}</Type><Code>{escape(code)}</Code>'
        f"<Message>{escape(refusal.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return Response(body, http_status, {"x-amzn-requestid": request_id, "content-type": XML_TYPE})
