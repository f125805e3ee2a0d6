"""What a step wrote: told by SSM, tailed from CloudWatch Logs, whole from S3, and said where none of it may be read."""

from typing import Any

import pytest

from patchgui.console.output import OutputReader, log_group_of
from patchgui.ssm.errors import AccessDenied, NotFound, PatchError, Unreachable
from patchgui.ssm.neighbours.logs import LogPart
from patchgui.ssm.shapes import CloudWatchOutputConfig, GetCommandInvocationRequest, GetCommandInvocationResult
from tests.unit.console.scripted import WEB, ScriptedSsm

pytestmark = pytest.mark.anyio
COMMAND = "01234567-89ab-cdef-0123-456789abcdef"
URL = "https://s3.eu-central-1.amazonaws.com/outputs/c/i/step/stdout"
LONG = "x" * 24_000


class Shelf:
    """S3 and CloudWatch Logs, as far as a test fills them."""

    def __init__(self) -> None:
        self.objects: dict[str, str | PatchError] = {}
        self.streams: dict[tuple[str, str], list[str]] = {}
        self.failure: PatchError | None = None
        self.read_from: list[str] = []

    async def read(self, place: str, stream: Any = 0, token: str = "") -> Any:
        if self.failure:
            raise self.failure
        if isinstance(stream, int):
            found = self.objects.get(place, NotFound("no such key", code="NoSuchKey"))
            if isinstance(found, PatchError):
                raise found
            return found.encode()
        self.read_from.append(token)
        if (place, stream) not in self.streams:
            raise NotFound("no such stream", code="ResourceNotFoundException")
        parts = self.streams[place, stream]
        at = int(token or 0)
        return LogPart("".join(parts[at:]), str(len(parts)))


class Told(ScriptedSsm):
    def __init__(self, **result: Any) -> None:
        super().__init__()
        self.shelf = Shelf()
        self.s3: Any = self.shelf
        self.logs: Any = self.shelf
        self.result = result
        self.commands[COMMAND] = self.accept_nothing()
        self.invocations[COMMAND] = {}

    def accept_nothing(self) -> Any:
        return None

    async def get_command_invocation(self, request: GetCommandInvocationRequest) -> GetCommandInvocationResult:
        self._enter("GetCommandInvocation")
        return GetCommandInvocationResult.model_validate({"status": "Success", "document_name": "AWS-X"} | self.result)

    async def read(self) -> Any:
        return await self.reader.read(COMMAND, WEB, "install:step")

    @property
    def reader(self) -> OutputReader:
        if not hasattr(self, "_reader"):
            self._reader = OutputReader(self)
        return self._reader


LOGS = CloudWatchOutputConfig(cloud_watch_output_enabled=True)
STREAM = ("/aws/ssm/AWS-X", f"{COMMAND}/{WEB}/install-step/stdout")


async def test_short_output_is_what_ssm_tells_and_costs_one_call() -> None:
    ssm = Told(standard_output_content="done\n", standard_output_url=URL)
    output = await ssm.read()
    assert (output.stdout, output.is_complete, output.is_cut) == ("done\n", True, False)
    assert ssm.calls == ["GetCommandInvocation"]


async def test_long_output_comes_whole_from_s3() -> None:
    ssm = Told(standard_output_content=LONG, standard_output_url=URL)
    ssm.shelf.objects[URL] = LONG + "and the rest\n"
    output = await ssm.read()
    assert output.stdout.endswith("and the rest\n")
    assert (output.is_complete, output.is_cut, output.note) == (True, False, "")


async def test_output_that_is_not_in_s3_yet_is_looked_for_again_and_then_said() -> None:
    ssm = Told(standard_output_content=LONG, standard_output_url=URL)
    assert [(await ssm.read()).is_complete for _ in range(4)] == [False] * 4
    output = await ssm.read()
    assert output.is_complete
    assert "is not in S3" in output.note


async def test_the_permission_that_keeps_the_whole_output_away_is_named() -> None:
    denied = AccessDenied("no", code="AccessDenied")
    denied.action = "s3:GetObject"
    ssm = Told(standard_output_content=LONG, standard_output_url=URL)
    ssm.shelf.failure = denied
    output = await ssm.read()
    assert (output.stdout, output.is_complete) == (LONG, True)
    assert output.note == "The whole output is in S3; this profile lacks s3:GetObject."


async def test_a_log_is_tailed_while_the_step_runs_and_only_what_is_new_is_read() -> None:
    ssm = Told(status="InProgress", cloud_watch_output_config=LOGS)
    assert (await ssm.read()).stdout == ""
    ssm.shelf.streams[STREAM] = ["one\n"]
    assert (await ssm.read()).stdout == "one\n"
    ssm.shelf.streams[STREAM] += ["two\n", "three\n"]
    output = await ssm.read()
    assert (output.stdout, output.is_complete) == ("one\ntwo\nthree\n", False)
    assert "1" in ssm.shelf.read_from


async def test_what_ssm_tells_is_shown_while_the_log_cannot_be_read() -> None:
    ssm = Told(status="InProgress", cloud_watch_output_config=LOGS, standard_output_content="so far\n")
    ssm.shelf.failure = Unreachable("down")
    assert (await ssm.read()).stdout == "so far\n"


async def test_long_output_comes_whole_from_the_log_once_it_is_whole_there() -> None:
    ssm = Told(cloud_watch_output_config=LOGS, standard_output_content=LONG)
    ssm.shelf.streams[STREAM] = [LONG[:100]]
    assert not (await ssm.read()).is_complete
    ssm.shelf.streams[STREAM].append(LONG)
    output = await ssm.read()
    assert (len(output.stdout), output.is_complete, output.is_cut) == (24_100, True, False)


@pytest.mark.parametrize(
    ("config", "document", "group"),
    [
        (None, "AWS-X", ""),
        (CloudWatchOutputConfig(cloud_watch_output_enabled=False), "AWS-X", ""),
        (LOGS, "AWS-X", "/aws/ssm/AWS-X"),
        (LOGS, "arn:aws:ssm:eu-central-1:1:document/Stop", "/aws/ssm/arn.aws.ssm.eu-central-1.1.document/Stop"),
        (CloudWatchOutputConfig(cloud_watch_output_enabled=True, cloud_watch_log_group_name="/own"), "X", "/own"),
    ],
)
def test_the_log_group_is_the_one_that_was_named_or_the_documents(
    config: CloudWatchOutputConfig | None, document: str, group: str
) -> None:
    assert log_group_of(config, document) == group
