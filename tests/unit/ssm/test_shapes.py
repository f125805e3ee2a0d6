from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from patchgui.ssm.shapes import (
    Command,
    CommandInvocationStatus,
    CommandPluginStatus,
    CommandStatus,
    DocumentFormat,
    DocumentStatus,
    GetDocumentRequest,
    InstanceInformation,
    ListCommandsResult,
    NotificationConfig,
    NotificationEvent,
    PingStatus,
    SendCommandRequest,
    Tag,
    Target,
)


def test_names_are_spelled_as_ssm_spells_them() -> None:
    request = SendCommandRequest(
        document_name="AWS-Noop", targets=(Target(key="tag:Role", values=("web",)),), output_s3_region="eu-west-1"
    )
    assert request.to_wire() == {
        "DocumentName": "AWS-Noop",
        "Targets": [{"Key": "tag:Role", "Values": ["web"]}],
        "OutputS3Region": "eu-west-1",
    }
    assert SendCommandRequest.from_wire_json(request.to_wire_json()) == request


def test_members_of_a_newer_service_are_dropped() -> None:
    assert Tag.from_wire({"Key": "Role", "Value": "web", "Colour": "green"}) == Tag(key="Role", value="web")


def test_a_shape_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Tag(key="Role", value="web").key = "Other"  # type: ignore[misc]  # that it is refused is the point


def test_moments_are_seconds_on_the_wire_and_utc_in_here() -> None:
    moment = datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=UTC)
    node = InstanceInformation.from_wire({"LastPingDateTime": moment.timestamp()})
    assert node.last_ping_date_time == moment
    assert node.last_ping_date_time.utcoffset() == timedelta(0)
    assert node.to_wire()["LastPingDateTime"] == moment.timestamp()


def test_a_moment_of_another_zone_is_the_same_moment_on_the_wire() -> None:
    moment = datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=1)))
    assert Command(requested_date_time=moment).to_wire()["RequestedDateTime"] == moment.timestamp()


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        Command(requested_date_time=datetime(2026, 11, 23))  # noqa: DTZ001 - that it is refused is the point


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_moments_survive_the_wire_to_the_millisecond(moment: datetime) -> None:
    back = Command.from_wire_json(Command(requested_date_time=moment).to_wire_json()).requested_date_time
    assert back is not None
    assert abs(back - moment) < timedelta(milliseconds=1)


def test_an_unknown_status_is_shown_and_not_final() -> None:
    page = ListCommandsResult.from_wire_json(b'{"Commands": [{"CommandId": "c", "Status": "Paused"}]}')
    status = page.commands[0].status
    assert isinstance(status, CommandStatus)
    assert status == "Paused"
    assert str(status) == "Paused"
    assert not status.is_known
    assert not status.is_final
    assert page.to_wire()["Commands"][0]["Status"] == "Paused"


def test_an_unknown_status_is_equal_to_itself_and_to_nothing_else() -> None:
    assert CommandStatus("Paused") == CommandStatus("Paused")
    assert len({CommandStatus("Paused"), CommandStatus("Paused"), CommandStatus.PENDING}) == 2
    assert "Paused" not in list(CommandStatus)


@pytest.mark.parametrize("status", [CommandStatus, CommandInvocationStatus, CommandPluginStatus])
def test_four_statuses_are_final(status: type[CommandStatus]) -> None:
    assert {str(each) for each in status if each.is_final} == {"Success", "Failed", "Cancelled", "TimedOut"}


def test_a_document_is_settled_when_active_or_failed() -> None:
    assert {each for each in DocumentStatus if each.is_final} == {DocumentStatus.ACTIVE, DocumentStatus.FAILED}


def test_a_status_must_be_a_string() -> None:
    with pytest.raises(ValueError, match="5 is not a valid PingStatus"):
        PingStatus(5)  # type: ignore[arg-type]  # that it is refused is the point


def test_a_request_takes_only_strings_that_ssm_defines() -> None:
    with pytest.raises(ValidationError) as caught:
        GetDocumentRequest.from_wire({"Name": "AWS-Noop", "DocumentFormat": "TOML"})
    (error,) = caught.value.errors()
    assert (error["type"], error["loc"], error["ctx"]) == (
        "enum",
        ("DocumentFormat",),
        {"expected": "YAML, JSON, TEXT"},
    )
    assert GetDocumentRequest(name="AWS-Noop", document_format=DocumentFormat.YAML).document_format == "YAML"


def test_notifications_are_checked_in_a_request_and_taken_as_they_come_in_an_answer() -> None:
    strange = {"NotificationArn": "", "NotificationEvents": ["Paused"], "NotificationType": ""}
    config = Command.from_wire({"NotificationConfig": strange}).notification_config
    assert config == NotificationConfig(notification_arn="", notification_events=(NotificationEvent("Paused"),))
    with pytest.raises(ValidationError, match="Input should be one of All, InProgress"):
        SendCommandRequest.from_wire({"DocumentName": "AWS-Noop", "NotificationConfig": strange})


def test_what_nobody_configured_comes_as_empty_text_and_is_absent() -> None:
    wire = {"CloudWatchOutputConfig": {"CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": False}}
    config = Command.from_wire(wire).cloud_watch_output_config
    assert config is not None
    assert config.cloud_watch_log_group_name is None


@pytest.mark.parametrize(
    "node",
    ["mi-0123456789abcdef0\n", "i-123", "xi-12345678", "i-12345678x", "mi-0123456789abcdef0 mi-0123456789abcdef0"],
)
def test_a_pattern_must_match_the_whole_value(node: str) -> None:
    with pytest.raises(ValidationError, match="String should match pattern"):
        SendCommandRequest(document_name="AWS-Noop", instance_ids=(node,))
