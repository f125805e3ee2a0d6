"""GetCallerIdentity of STS: whose key pair signed the request."""

from xml.sax.saxutils import escape

from starlette.responses import Response

from patchgui.agent.api.errors import STS_NAMESPACE, XML_TYPE
from patchgui.agent.context import Account
from patchgui.ssm.shapes import GetCallerIdentityResult

USER = "patchgui"
"""The name of the agent's one user."""


def caller_identity(settings: Account, access_key: str) -> GetCallerIdentityResult:
    """Return who the agent's key pair belongs to."""
    return GetCallerIdentityResult(
        user_id=f"AIDA{access_key[4:]}",
        account=settings.account_id,
        arn=f"arn:aws:iam::{settings.account_id}:user/{USER}",
    )


def identity_response(identity: GetCallerIdentityResult, request_id: str) -> Response:
    """Return the answer in the query protocol's XML."""
    body = (
        f'<GetCallerIdentityResponse xmlns="{STS_NAMESPACE}"><GetCallerIdentityResult>'
        f"<Arn>{escape(identity.arn)}</Arn><UserId>{escape(identity.user_id)}</UserId>"
        f"<Account>{escape(identity.account)}</Account></GetCallerIdentityResult>"
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )
    return Response(body, 200, {"x-amzn-requestid": request_id, "content-type": XML_TYPE})
