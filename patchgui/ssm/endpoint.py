"""Where the service is: a region of AWS, or an address that speaks the same API."""

import asyncio
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from patchgui.ssm.credentials import CredentialSource
from patchgui.ssm.errors import PatchError
from patchgui.ssm.partitions import belongs_to_aws

AGENT_REGION: Final = "local"
"""The region that an agent of ours goes by; whatever else listens on loopback stands for AWS."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Endpoint:
    """One place that speaks SSM.

    ``verify`` is ``True`` for the usual certificate authorities, or the path of a file with others.
    With an ``endpoint_url`` every call goes there, those to STS too – unless it is an address of AWS, such as that of a
    VPC endpoint: it serves SSM, and nothing else.
    """

    region: str
    endpoint_url: str | None
    credentials: CredentialSource
    verify: bool | str = True

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine: then no proxy is asked."""
        return self.endpoint_url is not None and urlsplit(self.endpoint_url).hostname in _LOOPBACK

    @property
    def is_agent(self) -> bool:
        """Whether an agent of ours listens there, on this machine: then no call is held back."""
        return self.is_loopback and self.region == AGENT_REGION

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.endpoint_url is None or self.endpoint_url.startswith("https:")

    @property
    def _serves_ssm_only(self) -> bool:
        return belongs_to_aws(urlsplit(self.endpoint_url or "").hostname or "")

    async def url(self, service: str) -> str:
        """Return the address of ``ssm`` or ``sts``.

        Raises:
            PatchError: AWS has no such region, or the address given is none.
        """
        if self.endpoint_url is None or (service != "ssm" and self._serves_ssm_only):
            # botocore reads its table of partitions from disk.
            return await asyncio.to_thread(_aws_url, service, self.region)
        parts = urlsplit(self.endpoint_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise PatchError(
                f"{self.endpoint_url} is no address of an endpoint.",
                hint="An endpoint begins with http:// or https:// and a host name.",
            )
        return self.endpoint_url.rstrip("/") + "/"


def _aws_url(service: str, region: str) -> str:
    from botocore.loaders import Loader
    from botocore.regions import EndpointResolver

    found = EndpointResolver(Loader().load_data("endpoints")).construct_endpoint(service, region)
    if not found or not region:
        raise PatchError(
            f"AWS has no region {region!r} for {service.upper()}.",
            hint="Choose a region such as eu-central-1 in the connection.",
        )
    return f"https://{found['hostname']}/"
