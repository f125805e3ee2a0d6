"""Where a run's output is kept and who is told of it, as typed. No pydantic here: it is read before the plan is loaded.

The limits are SendCommand's own; a test holds both together.
"""

from dataclasses import asdict, dataclass, fields

EVENTS = ("All", "InProgress", "Success", "TimedOut", "Cancelled", "Failed")
"""What may be announced on a topic, in SSM's own strings."""


@dataclass(frozen=True, slots=True)
class ExtraSettings:
    """Empty strings leave a thing out."""

    s3_bucket: str = ""
    s3_prefix: str = ""
    to_cloudwatch: bool = False
    log_group: str = ""
    topic_arn: str = ""
    event: str = "All"
    per_node: bool = False
    service_role_arn: str = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """What cannot be sent as it stands, in words; empty when all is well."""
        found = []
        if not is_bucket(self.s3_bucket):
            found.append("S3 bucket: the name of a bucket, 3 to 63 characters.")
        if not is_prefix(self.s3_prefix):
            found.append("S3 prefix: at most 500 characters.")
        if self.s3_prefix and not self.s3_bucket:
            found.append("S3 bucket: a prefix needs one.")
        if self.to_cloudwatch and not is_log_group(self.log_group):
            found.append("Log group: at most 512 characters, or nothing.")
        if not (is_arn(self.topic_arn) and is_arn(self.service_role_arn)):
            found.append("SNS topic and role are ARNs, such as arn:aws:sns:eu-central-1:123456789012:patching.")
        if bool(self.topic_arn) != bool(self.service_role_arn):
            found.append("SNS: a topic needs the role that SSM takes to publish on it, and the role a topic.")
        return tuple(found)

    @property
    def words(self) -> str:
        """Which of them are set, for a title: ``S3 · CloudWatch · SNS``; empty when none is."""
        chosen = (("S3", self.s3_bucket), ("CloudWatch", self.to_cloudwatch), ("SNS", self.topic_arn))
        return " · ".join(name for name, value in chosen if value)

    def kept(self) -> dict[str, str | bool]:
        """Return all of it as it may be kept for another day; :func:`from_kept` reads it back."""
        return asdict(self)


def from_kept(kept: object) -> ExtraSettings:
    """Return settings from an earlier day; what is not understood is left out."""
    if not isinstance(kept, dict):
        return ExtraSettings()
    usual = ExtraSettings()
    names = [field.name for field in fields(ExtraSettings)]
    fit = {name: kept[name] for name in names if isinstance(kept.get(name), type(getattr(usual, name)))}
    found = ExtraSettings(**fit)
    return found if found.event in EVENTS else ExtraSettings()


def is_bucket(text: str) -> bool:
    """Return whether SSM takes ``text`` as OutputS3BucketName; nothing at all leaves it out."""
    return not text or 3 <= len(text) <= 63


def is_prefix(text: str) -> bool:
    """Return whether SSM takes ``text`` as OutputS3KeyPrefix."""
    return len(text) <= 500


def is_log_group(text: str) -> bool:
    """Return whether SSM takes ``text`` as CloudWatchLogGroupName; nothing at all lets SSM make one."""
    return len(text) <= 512


def is_arn(text: str) -> bool:
    """Return whether ``text`` looks like an ARN: SSM itself sets no limit. Nothing at all leaves it out."""
    return not text or (text.startswith("arn:") and text.count(":") >= 5)
