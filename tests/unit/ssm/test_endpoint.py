import pytest

from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import PatchError

pytestmark = pytest.mark.anyio
KEYS = from_keys("AK", "secret")


@pytest.mark.parametrize(
    ("region", "service", "suffix"),
    [("eu-central-1", "ssm", ".com/"), ("cn-north-1", "ssm", ".com.cn/"), ("us-gov-west-1", "sts", ".com/")],
)
async def test_aws_is_found_in_every_partition(region: str, service: str, suffix: str) -> None:
    url = await Endpoint(region, None, KEYS).url(service)
    assert url.startswith(f"https://{service}.{region}.")
    assert url.endswith(suffix)


async def test_a_region_that_aws_does_not_have_is_named() -> None:
    with pytest.raises(PatchError, match="AWS has no region 'atlantis-1'"):
        await Endpoint("atlantis-1", None, KEYS).url("ssm")


@pytest.mark.parametrize("service", ["ssm", "sts"])
async def test_an_endpoint_of_ones_own_takes_every_call(service: str) -> None:
    assert await Endpoint("local", "http://127.0.0.1:8080", KEYS).url(service) == "http://127.0.0.1:8080/"


@pytest.mark.parametrize("address", ["127.0.0.1:8080", "ftp://host", "http://", "nonsense"])
async def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(PatchError, match="is no address of an endpoint"):
        await Endpoint("local", address, KEYS).url("ssm")


@pytest.mark.parametrize(
    ("address", "is_loopback"),
    [("http://127.0.0.1:1", True), ("http://localhost:1", True), ("http://[::1]:1", True), ("http://10.0.0.1", False)],
)
def test_loopback_is_told_from_the_network(address: str, is_loopback: bool) -> None:
    assert Endpoint("local", address, KEYS).is_loopback is is_loopback
    assert Endpoint("local", address, KEYS).is_agent is is_loopback
    assert not Endpoint("us-east-1", address, KEYS).is_agent, "what stands for AWS is asked as AWS is"


def test_aws_is_neither_loopback_nor_plain() -> None:
    aws = Endpoint("eu-central-1", None, KEYS)
    assert not aws.is_loopback
    assert aws.is_tls


async def test_an_address_of_aws_serves_systems_manager_alone() -> None:
    vpce = "https://vpce-0a.ssm.eu-central-1.vpce.amazonaws.com"
    endpoint = Endpoint("eu-central-1", vpce, from_keys("AK", "secret"))
    assert await endpoint.url("ssm") == f"{vpce}/"
    assert await endpoint.url("sts") == "https://sts.eu-central-1.amazonaws.com/"
