"""The regions that AWS has for Systems Manager, in every partition that botocore knows."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """One region: ``eu-central-1``, *Europe (Frankfurt)*, and its partition, such as *AWS GovCloud (US)*."""

    name: str
    place: str
    partition: str


def regions() -> tuple[Region, ...]:
    """Return all regions, those of the usual partition first. Reads botocore's tables."""
    from botocore.loaders import Loader

    data = Loader().load_data("endpoints")
    found: list[Region] = []
    for partition in data["partitions"]:
        endpoints = partition.get("services", {}).get("ssm", {}).get("endpoints", {})
        known = [name for name in partition["regions"] if name in endpoints]
        found.extend(
            Region(name, partition["regions"][name].get("description", ""), partition.get("partitionName", ""))
            for name in sorted(known)
        )
    return tuple(found)


def belongs_to_aws(host: str) -> bool:
    """Return whether a host is one of AWS's own, such as that of a VPC endpoint: it serves one service only."""
    return bool(_AWS_HOST.search(host.lower()))


_AWS_HOST = re.compile(
    r"\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws|amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov|amazonaws\.eu)$"
)
