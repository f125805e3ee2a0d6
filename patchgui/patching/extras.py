"""What may be asked of SSM beside the patching itself: where output is kept, and who is told of it."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from patchgui.ssm.shapes import CloudWatchOutputConfig, NotificationConfig


class Extras(BaseModel):
    """Optional settings of a command; empty ones are left out. Their limits are SendCommand's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    s3_bucket: str = ""
    s3_prefix: str = ""
    to_cloudwatch: bool = False
    log_group: str = ""
    """Empty: SSM makes one, ``/aws/ssm/`` and the document's name."""
    topic_arn: str = ""
    events: tuple[str, ...] = ("All",)
    per_node: bool = False
    """Whether each node is announced, or the command as a whole."""
    service_role_arn: str = ""
    """The role that SSM takes to publish on the topic."""

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if self.s3_prefix and not self.s3_bucket:
            raise ValueError("A prefix needs a bucket.")
        if bool(self.topic_arn) != bool(self.service_role_arn):
            raise ValueError("A topic and the role that may publish on it are given together.")
        return self

    def members(self) -> dict[str, Any]:
        """Return the members of a SendCommandRequest that say so."""
        members: dict[str, Any] = {}
        if self.s3_bucket:
            members |= {"output_s3_bucket_name": self.s3_bucket, "output_s3_key_prefix": self.s3_prefix or None}
        if self.to_cloudwatch:
            members["cloud_watch_output_config"] = CloudWatchOutputConfig(
                cloud_watch_output_enabled=True, cloud_watch_log_group_name=self.log_group or None
            )
        if self.topic_arn:
            members["service_role_arn"] = self.service_role_arn
            members["notification_config"] = NotificationConfig(
                notification_arn=self.topic_arn,
                notification_events=self.events,
                notification_type="Invocation" if self.per_node else "Command",
            )
        return members
