"""Who the credentials belong to: the one call to STS that the console makes."""

from patchgui.ssm.shapes.base import Shape


class GetCallerIdentityRequest(Shape):
    """Ask whose credentials sign the request."""


class GetCallerIdentityResult(Shape):
    """The account and the principal. STS itself calls this shape ``GetCallerIdentityResponse``."""

    user_id: str = ""
    account: str = ""
    arn: str = ""
