"""What goes wrong on demand, as boto3 and our own client meet it; and the command that serves a fleet."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.exceptions import ConnectionError as BotoConnectionError

from patchgui.simulator.faults import Fault, FaultKind
from patchgui.simulator.settings import FleetSettings
from patchgui.ssm.errors import (
    AccessDenied,
    ClockSkew,
    CredentialsExpired,
    NotFound,
    PatchError,
    Throttled,
    Unreachable,
)
from patchgui.ssm.retry import RetryPolicy
from patchgui.ssm.shapes import (
    CommandStatus,
    DescribeInstanceInformationRequest,
    ListCommandsRequest,
    SendCommandRequest,
    Target,
)
from tests.fleet import START_AT, Fleet, stepped_clock
from tests.fleet_process import FleetProcess

EVERYONE = {"DocumentName": "AWS-RunPatchBaseline", "Targets": [{"Key": "InstanceIds", "Values": ["*"]}]}
SCAN: dict[str, Any] = {**EVERYONE, "Parameters": {"Operation": ["Scan"]}}


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """A fleet on a clock that stands still; nothing goes wrong by itself."""
    with Fleet() as served:
        yield served


def refusal(fleet: Fleet) -> tuple[str, int]:
    """Return the code and the HTTP status with which boto3 is refused."""
    client = fleet.boto3_client()
    with pytest.raises(ClientError) as error:
        client.list_commands()
    client.close()
    return error.value.response["Error"]["Code"], error.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (Fault(FaultKind.THROTTLE), "ThrottlingException", 400),
        (Fault(FaultKind.ERROR), "InternalServerError", 500),
        (Fault(FaultKind.ERROR, amount=503), "ServiceUnavailable", 503),
        (Fault(FaultKind.EXPIRE), "ExpiredTokenException", 400),
        (Fault(FaultKind.DENY), "AccessDeniedException", 400),
        (Fault(FaultKind.SKEW, amount=3600), "InvalidSignatureException", 400),
        (Fault(FaultKind.SKEW, amount=-3600), "InvalidSignatureException", 400),
    ],
)
def test_boto3_meets_the_services_own_codes(fleet: Fleet, fault: Fault, code: str, status: int) -> None:
    fleet.fault(fault)
    assert refusal(fleet) == (code, status)
    fleet.calm()
    assert fleet.boto3_client().list_commands()["Commands"] == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(FaultKind.THROTTLE), Throttled),
        (Fault(FaultKind.EXPIRE), CredentialsExpired),
        (Fault(FaultKind.DENY), AccessDenied),
        (Fault(FaultKind.SKEW, amount=3600), ClockSkew),
        (Fault(FaultKind.OUTAGE), Unreachable),
    ],
)
@pytest.mark.anyio
async def test_our_client_tells_them_apart(fleet: Fleet, fault: Fault, error: type[PatchError]) -> None:
    fleet.fault(fault)
    client = fleet.client(RetryPolicy(throttled_attempts=1, transport_attempts=1))
    with pytest.raises(error):
        await client.list_commands(ListCommandsRequest())
    await client.aclose()


def test_an_outage_ends_with_its_time_and_took_nothing_in(fleet: Fleet) -> None:
    client = fleet.boto3_client()
    fleet.fault(Fault(FaultKind.OUTAGE, for_s=300))
    with pytest.raises((ConnectionClosedError, BotoConnectionError)):
        client.send_command(**SCAN)
    fleet.step(300)
    assert client.list_commands()["Commands"] == []


def test_a_lost_answer_was_carried_out(fleet: Fleet) -> None:
    client = fleet.boto3_client()
    fleet.fault(Fault(FaultKind.LOSE, frozenset({"SendCommand"}), times=1))
    with pytest.raises((ConnectionClosedError, BotoConnectionError)):
        client.send_command(**SCAN, Comment="lost")
    assert [each["Comment"] for each in client.list_commands()["Commands"]] == ["lost"]


@pytest.mark.anyio
async def test_our_client_reads_an_answer_of_tomorrow(fleet: Fleet) -> None:
    fleet.fault(Fault(FaultKind.FUTURE))
    client = fleet.client()
    request = SendCommandRequest(
        document_name="AWS-RunPatchBaseline",
        targets=(Target(key="InstanceIds", values=("*",)),),
        parameters={"Operation": ("Scan",)},
    )
    sent = (await client.send_command(request)).command
    await asyncio.to_thread(fleet.step, 30)
    (command,) = (await client.list_commands(ListCommandsRequest(command_id=sent.command_id))).commands
    assert command.status == CommandStatus("Verifying")
    assert not command.status.is_known
    assert command.parameters == {"Operation": ("Scan",)}
    page = await client.describe_instance_information(DescribeInstanceInformationRequest(max_results=50))
    assert len(page.instance_information_list) == 50
    await client.aclose()


def test_lists_lag_behind_what_was_accepted() -> None:
    with Fleet(FleetSettings(nodes=10, lag_s=5, is_limited=False), stepped_clock()) as fleet:
        client = fleet.boto3_client()
        sent = client.send_command(**SCAN)["Command"]
        asked = {"CommandId": sent["CommandId"], "InstanceId": fleet.do(lambda parts: parts.fleet.population.id_of(0))}
        assert client.list_commands()["Commands"] == client.list_commands(CommandId=sent["CommandId"])["Commands"] == []
        with pytest.raises(client.exceptions.InvocationDoesNotExist):
            client.get_command_invocation(**asked)
        fleet.step(5)
        assert len(client.list_commands()["Commands"]) == 1
        assert len(client.list_command_invocations(CommandId=sent["CommandId"])["CommandInvocations"]) == 10


def test_calls_beyond_the_limits_are_throttled() -> None:
    with Fleet(FleetSettings(nodes=10), stepped_clock()) as fleet:
        client = fleet.boto3_client()
        for _ in range(40):
            client.list_documents()
        with pytest.raises(client.exceptions.ClientError, match="Rate exceeded"):
            client.list_documents()
        client.list_commands()
        fleet.step(1)
        client.list_documents()


def test_a_hundred_thousand_nodes_take_little_room_and_answer_at_once() -> None:
    with Fleet(FleetSettings(nodes=100_000, lag_s=0, is_limited=False), stepped_clock()) as fleet:
        client = fleet.boto3_client()
        sent = client.send_command(**SCAN, MaxConcurrency="10%", MaxErrors="100%")["Command"]
        assert sent["TargetCount"] == 100_000
        fleet.step(60)
        (command,) = client.list_commands(CommandId=sent["CommandId"])["Commands"]
        assert 0 < command["CompletedCount"] < 100_000
        held = fleet.do(lambda parts: sum(_bytes_held(each) for each in parts.fleet.commands()))
        assert held < 100 * 100_000, "a command costs less than a hundred bytes a node"
        assert command["RequestedDateTime"].timestamp() == START_AT


def _bytes_held(command: Any) -> int:
    arrays = (command.members, command.began_at, command.ended_at, command.missing, command.pending)
    return sum(
        sys.getsizeof(each) for each in (*arrays, command._left, command._stage, command._outcome, command._fate)
    )


@pytest.mark.anyio
async def test_a_resource_group_is_listed_and_is_a_target(fleet: Fleet) -> None:
    client = fleet.client()
    assert "web-servers" in await client.resource_groups.names()
    members = await client.resource_groups.instance_ids("web-servers")
    request = SendCommandRequest(
        document_name="AWS-RunPatchBaseline",
        targets=(Target(key="resource-groups:Name", values=("web-servers",)),),
        parameters={"Operation": ("Scan",)},
    )
    assert (await client.send_command(request)).command.target_count == len(members) > 0
    tags = await client.ec2.tags([each for each in members if each.startswith("i-")])
    assert {each["Role"] for each in tags.values()} == {"web"}
    with pytest.raises(NotFound):
        await client.resource_groups.instance_ids("nowhere")
    await client.aclose()


def test_a_running_fleet_is_told_what_goes_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    with FleetProcess(folder, "--nodes", "20", "--speed", "1") as fleet:
        told = tell(folder, "--storm", "60", "--calls", "SendCommand", "--speed", "7")
        assert (told["NodeCount"], told["Speed"]) == (20, 7)
        assert [(each["Kind"], each["Calls"]) for each in told["Faults"]] == [("throttle", ["SendCommand"])]
        client = fleet.boto3_client()
        assert client.list_commands()["Commands"] == []
        assert tell(folder, "--calm")["Faults"] == []
        assert client.send_command(**SCAN)["Command"]["Status"] == "Pending"


def test_a_fleet_whose_clock_is_off_is_told_to_put_it_right(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    with FleetProcess(folder, "--nodes", "20", "--speed", "1", "--skew", "3600") as fleet:
        client = fleet.boto3_client()
        with pytest.raises(ClientError, match="InvalidSignatureException"):
            client.list_commands()
        assert [each["Amount"] for each in tell(folder)["Faults"]] == [3600]
        assert tell(folder, "--calm")["Faults"] == []
        assert client.list_commands()["Commands"] == []


def test_a_delayed_answer_comes_by_the_seconds_asked_for_and_for_the_calls_named(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    with FleetProcess(folder, "--nodes", "20", "--delay", "1", "--calls", "ListCommands") as fleet:
        client = fleet.boto3_client()
        took_s = [_seconds(client.list_commands), _seconds(client.describe_instance_information)]
        assert took_s[0] >= 1.0 > took_s[1]
        assert tell(folder, "--calm")["Faults"] == []
        assert _seconds(client.list_commands) < 1.0


def _seconds(call: Callable[[], object]) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began


def test_no_fleet_to_tell_is_said(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "patchgui", "demo-fleet", "--state-dir", str(tmp_path), "--running", "--calm"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert "No fleet runs on" in done.stderr
    assert "patchgui demo-fleet" in done.stderr


def tell(folder: Path, *options: str) -> dict[str, Any]:
    argv = [sys.executable, "-m", "patchgui", "demo-fleet", "--state-dir", str(folder), "--running", *options]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
