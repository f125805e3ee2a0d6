"""aws:downloadContent from S3, against moto: what boto3 put there, a step brings to the node."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from patchgui.agent.engine import StepResult, Stream, run_document
from patchgui.agent.engine.local_host import LocalHost

KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": "us-east-1"}

Download = Callable[..., StepResult]


class _Nobody:
    """An observer who looks at nothing."""

    def step_started(self, name: str, action: str, at: datetime) -> None:
        pass

    def step_output(self, name: str, stream: Stream, data: bytes) -> None:
        pass

    def step_ended(self, result: StepResult) -> None:
        pass


@pytest.fixture
def bucket(moto_url: str) -> Iterator[str]:
    """A bucket with a file and a folder."""
    client: Any = boto3.client("s3", endpoint_url=moto_url, **KEYS)  # type: ignore[call-overload]  # any service
    client.create_bucket(Bucket="content")
    objects = {"one": "1", "d/": "", "d/a b+c": "A", "d/e/b": "B", "dx": "no", "out/../../x": "climbs"}
    for key, body in objects.items():
        client.put_object(Bucket="content", Key=key, Body=body.encode())
    yield "content"
    for key in objects:
        client.delete_object(Bucket="content", Key=key)
    client.delete_bucket(Bucket="content")


@pytest.fixture
def download(bucket: str, moto_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Download:
    """Runs one step that downloads from the bucket."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("no_proxy", "*")
    host = LocalHost(tmp_path / "orchestration", environment={"AWS_ENDPOINT_URL_S3": moto_url})

    def go(key: str, destination: str, **details: str) -> StepResult:
        source = {"path": f"https://s3.amazonaws.com/{bucket}/{key}", **details}
        inputs = {"sourceType": "S3", "sourceInfo": source, "destinationPath": f"{tmp_path}/{destination}"}
        step = {"name": "get", "action": "aws:downloadContent", "inputs": inputs}
        return run_document({"schemaVersion": "2.2", "mainSteps": [step]}, {}, host, _Nobody()).steps[0]

    return go


def test_object_is_saved_under_the_given_name_or_its_own(download: Download, tmp_path: Path) -> None:
    assert download("one", "x").status == "Success"
    assert download("one", "folder/").status == "Success"
    assert (tmp_path / "x").read_text() == (tmp_path / "folder" / "one").read_text() == "1"
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("key", ["d/", "d"])
def test_folder_is_brought_with_all_below_it_whether_its_path_ends_with_a_slash_or_not(
    download: Download, tmp_path: Path, key: str
) -> None:
    step = download(key, "target")
    assert step.stderr == ""
    found = {
        str(path.relative_to(tmp_path / "target")): path.read_text()
        for path in tmp_path.glob("target/**/*")
        if path.is_file()
    }
    assert found == {"a b+c": "A", "e/b": "B"}


@pytest.mark.parametrize(
    ("key", "details", "said"),
    [
        ("nope", {}, "answers 404"),
        ("out", {}, "leads out of"),
        ("one", {"expectedBucketOwner": "me"}, "use the 12 digits of an AWS account"),
    ],
)
def test_what_cannot_be_had_from_s3_is_named(download: Download, key: str, details: dict[str, str], said: str) -> None:
    step = download(key, "x", **details)
    assert step.status == "Failed"
    assert said in step.stderr


def test_path_that_is_none_of_s3_is_refused(download: Download) -> None:
    step = download("x", "x", path="https://example.com/x")
    assert "https://example.com/x is no path in S3; use https://s3.amazonaws.com/BUCKET/KEY" in step.stderr
