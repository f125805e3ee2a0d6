"""What is typed for a run's output and its reboot, held against what SSM takes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from patchgui.patching.extras import Extras
from patchgui.patching.moment import moment_of, moment_words
from patchgui.ssm.shapes import SendCommandRequest
from patchgui.ui.patch_now.choice import PUT_OFF, Choice
from patchgui.ui.patch_now.extra_settings import ExtraSettings, from_kept, is_bucket, is_log_group, is_prefix
from patchgui.ui.patch_now.plan_of import plan_of

ROLE = "arn:aws:iam::123456789012:role/announce"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:patching"
NODE = "mi-0123456789abcdef0"


def takes(**members: object) -> bool:
    try:
        SendCommandRequest(document_name="AWS-Noop", **members)
    except ValidationError:
        return False
    return True


@given(st.text(min_size=1, max_size=80) | st.integers(490, 520).map("x".__mul__))
def test_a_field_is_marked_exactly_where_ssm_would_refuse_it(text: str) -> None:
    assert is_bucket(text) == takes(output_s3_bucket_name=text)
    assert is_prefix(text) == takes(output_s3_key_prefix=text)
    assert is_log_group(text) == takes(cloud_watch_output_config={"cloud_watch_log_group_name": text})


def test_all_of_it_reaches_the_command() -> None:
    settings = ExtraSettings("outputs", "patching", True, "/patching", TOPIC, "Failed", True, ROLE)
    (request,) = plan_of((NODE,), Choice(extras=settings)).command_requests("run-1")
    wire = request.to_wire()
    assert {
        name: value for name, value in wire.items() if name.startswith(("Output", "Cloud", "Service", "Notif"))
    } == {
        "OutputS3BucketName": "outputs",
        "OutputS3KeyPrefix": "patching",
        "CloudWatchOutputConfig": {"CloudWatchLogGroupName": "/patching", "CloudWatchOutputEnabled": True},
        "ServiceRoleArn": ROLE,
        "NotificationConfig": {
            "NotificationArn": TOPIC,
            "NotificationEvents": ["Failed"],
            "NotificationType": "Invocation",
        },
    }


def test_nothing_of_it_is_sent_unless_it_is_wished() -> None:
    (request,) = plan_of((NODE,), Choice()).command_requests("run-1")
    assert not [name for name in request.to_wire() if name.startswith(("Output", "Cloud", "Service", "Notif"))]


@pytest.mark.parametrize(
    "settings",
    [
        ExtraSettings(s3_prefix="patching"),
        ExtraSettings(topic_arn=TOPIC),
        ExtraSettings(service_role_arn=ROLE),
        ExtraSettings(topic_arn="patching", service_role_arn=ROLE),
        ExtraSettings(s3_bucket="ab"),
    ],
)
def test_what_does_not_belong_together_is_said(settings: ExtraSettings) -> None:
    assert Choice(extras=settings).problems


def test_a_plan_refuses_half_a_notification() -> None:
    with pytest.raises(ValidationError, match="given together"):
        Extras(topic_arn=TOPIC)


@pytest.mark.parametrize("kept", [None, [], {"event": "Nonesuch"}, {"s3_bucket": 5}, {"unknown": 1}])
def test_what_was_kept_by_another_release_does_no_harm(kept: object) -> None:
    assert from_kept(kept) == ExtraSettings()


def test_settings_come_back_as_they_were_kept() -> None:
    settings = ExtraSettings("outputs", "patching", True, "", TOPIC, "All", False, ROLE)
    assert from_kept(settings.kept()) == settings


NOW = datetime(2026, 11, 26, 18, 0, tzinfo=UTC).astimezone()


@pytest.mark.parametrize("text", ["25:00", "soon", "2026-11-26", "2026-02-30 03:00", "2020-01-01 03:00", "3"])
def test_what_is_no_moment_to_come_is_none(text: str) -> None:
    assert moment_of(text, NOW) is None


def test_a_time_without_a_date_is_the_next_such_time() -> None:
    assert moment_words(found(""), NOW) in {"tomorrow 03:00", "today 03:00"}
    later, earlier = (NOW.replace(minute=30), NOW.replace(minute=0))
    assert found(f"{later:%H:%M}") == later
    assert (found(f"{earlier:%H:%M}") - earlier).days == 1
    assert moment_words(found("2026-11-29 03:00"), NOW) == "Sun 29 Nov 03:00"


@given(st.datetimes(datetime(2026, 11, 28), datetime(2040, 1, 1)))  # noqa: DTZ001 - a wall clock's
def test_any_moment_typed_in_full_is_that_moment(moment: datetime) -> None:
    minute = moment.replace(second=0, microsecond=0)
    assert found(f"{minute:%Y-%m-%d %H:%M}") == minute.astimezone()


def found(text: str) -> datetime:
    moment = moment_of(text, NOW)
    assert moment is not None
    return moment


def test_a_reboot_that_is_put_off_becomes_associations_of_at_most_fifty_nodes() -> None:
    ids = tuple(f"mi-{number:017x}" for number in range(120))
    choice = Choice(reboot=PUT_OFF, reboot_at="2030-01-01 03:00", after_reboot="Start-App")
    requests = plan_of(ids, choice).association_requests("20261126-180000-1")
    assert [len(request.targets[0].values) for request in requests if request.targets] == [50, 50, 20]
    assert {request.name for request in requests} == {"AWS-InstanceRebootWithHooks"}
    assert requests[2].association_name == "PatchNow-reboot-20261126-180000-1-3"
    assert requests[0].parameters == {"PostRebootHookDocName": ("Start-App",)}
    at = datetime(2030, 1, 1, 3, 0).astimezone(UTC)
    assert requests[0].schedule_expression == f"at({at:%Y-%m-%dT%H:%M:%S})"
    assert requests[0].apply_only_at_cron_interval is True


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("", True),
        ("Start-App", True),
        ("arn:aws:ssm:eu-central-1:123456789012:document/Start-App", True),
        ("Start-App:3", False),
        ("ab", False),
        ("arn:aws:ssm:eu-central-1:123456789012:document/Start-App:3", False),
    ],
)
def test_the_document_after_a_reboot_has_no_version(name: str, fits: bool) -> None:
    choice = Choice(reboot=PUT_OFF, reboot_at="2040-01-01 03:00", after_reboot=name)
    assert (choice.problems == ()) is fits
    if fits:
        plan_of((NODE,), choice)
    else:
        with pytest.raises(ValidationError):
            plan_of((NODE,), choice)
