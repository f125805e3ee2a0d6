"""Tries a connection: who is asking, and does Systems Manager answer."""

import time
from dataclasses import dataclass

from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import CredentialError, PatchError
from patchgui.ssm.shapes import DescribeInstanceInformationRequest

_LEAST_PAGE = 5


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of a try.

    Attributes:
        account: the account that is asked; empty when STS did not say.
        arn: who asks there.
        latency_ms: how long Systems Manager took to answer; None when it did not.
        identity_error: why nobody knows who asks. Systems Manager may answer all the same, as from a closed network.
        ssm_error: why Systems Manager did not answer.
    """

    account: str = ""
    arn: str = ""
    latency_ms: float | None = None
    identity_error: PatchError | None = None
    ssm_error: PatchError | None = None

    @property
    def works(self) -> bool:
        """Whether Systems Manager answered."""
        return self.ssm_error is None


async def probe(client: SsmClient) -> Probe:
    """Make two cheap calls that change nothing, and tell what came of them. Raises nothing that is expected."""
    account = arn = ""
    identity_error: PatchError | None = None
    try:
        identity = await client.get_caller_identity()
        account, arn = identity.account, identity.arn
    except CredentialError as error:
        # Without credentials the second call would only say the same again.
        return Probe(identity_error=error, ssm_error=error)
    except PatchError as error:
        identity_error = error
    started = time.perf_counter()
    try:
        await client.describe_instance_information(DescribeInstanceInformationRequest(max_results=_LEAST_PAGE))
    except PatchError as error:
        return Probe(account, arn, None, identity_error, error)
    return Probe(account, arn, (time.perf_counter() - started) * 1000, identity_error)
