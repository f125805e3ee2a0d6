"""Every way in which a profile comes to its credentials, with real scripts, files and servers on loopback."""

import hashlib
import json
import logging
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.credentials import SSOProvider
from moto.server import ThreadedMotoServer

from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import CodeRequest, CredentialSource, from_profile
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import (
    ClockSkew,
    CodeNotGiven,
    CredentialError,
    CredentialsExpired,
    CredentialsMissing,
    PatchError,
    Unreachable,
)
from patchgui.ssm.shapes import ListCommandsRequest
from tests.contract.credential_servers import RIGHT_CODE, Asked, in_future, keys_as_json, refusal, role, serve, sts

pytestmark = pytest.mark.anyio

DEVICE = "arn:aws:iam::123456789012:mfa/jo"
ROLE = "arn:aws:iam::123456789012:role/patching"
BASE = "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = secret-of-base\n"
WITH_MFA = f"{BASE}[profile prod]\nrole_arn = {ROLE}\nsource_profile = base\nmfa_serial = {DEVICE}\n"
WITHOUT_MFA = f"{BASE}[profile prod]\nrole_arn = {ROLE}\nsource_profile = base\n"


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class Machine:
    """A machine on which nobody has signed in, until a test does."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, open_servers: ExitStack) -> None:
        self.folder, self._patch, self._servers = folder, monkeypatch, open_servers

    def env(self, name: str, value: str) -> None:
        self._patch.setenv(name, value)

    def config(self, text: str) -> None:
        (self.folder / "config").write_text(text)

    def serve(self, answer: object, variable: str = "AWS_ENDPOINT_URL_STS") -> Asked:
        asked = self._servers.enter_context(serve(answer))  # type: ignore[arg-type]
        self.env(variable, asked.url)
        return asked

    def process(self, script: str) -> None:
        """Make a profile whose credential process is a real program."""
        program = self.folder / "give credentials.py"
        program.write_text(f"#!{sys.executable}\n{script}")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.config(f'[profile vault]\ncredential_process = "{program}"\n')

    def sign_in(self, start_url: str, expires_in: timedelta) -> None:
        """Do what ``aws sso login`` does: put a token where all AWS tools look."""
        name = hashlib.sha1(start_url.encode()).hexdigest()
        token = {
            "startUrl": start_url,
            "region": "us-east-1",
            "accessToken": "t0ken",
            "expiresAt": in_future(expires_in),
        }
        (self.folder / "sso").mkdir(exist_ok=True)
        (self.folder / "sso" / f"{name}.json").write_text(json.dumps(token))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    import os

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # botocore works the folder out of HOME when it is imported.
    monkeypatch.setattr(SSOProvider, "_SSO_TOKEN_CACHE_DIR", str(tmp_path / "sso"))
    with ExitStack() as servers:
        yield Machine(tmp_path, monkeypatch, servers)


class Person:
    """Enters codes as a test tells, and remembers what was asked."""

    def __init__(self, *codes: str) -> None:
        self._codes = list(codes)
        self.asked: list[CodeRequest] = []

    def __call__(self, request: CodeRequest) -> str:
        self.asked.append(request)
        if not self._codes:
            raise CodeNotGiven("It was put off.")
        return self._codes.pop(0)


async def arn_of(source: CredentialSource, moto_url: str) -> str:
    client = SsmClient(Endpoint("eu-central-1", moto_url, source))
    try:
        return (await client.get_caller_identity()).arn
    finally:
        await client.aclose()


# -- credential process ------------------------------------------------------------------------------------------------


async def test_a_credential_process_signs_and_is_asked_again_when_its_keys_run_out(machine: Machine) -> None:
    machine.process(
        "import json, pathlib, datetime\n"
        f"count = pathlib.Path({str(machine.folder / 'count')!r})\n"
        "number = int(count.read_text()) + 1 if count.exists() else 1\n"
        "count.write_text(str(number))\n"
        "end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30 if number == 1 else 3600)\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': f'AKPROCESS{number}', 'SecretAccessKey': 's',"
        " 'SessionToken': 't', 'Expiration': end.isoformat()}))\n"
    )
    source = from_profile("vault")
    # The first ones are as good as over when they come.
    assert (await source.current()).access_key == "AKPROCESS2"
    assert (await source.current()).access_key == "AKPROCESS2"


async def test_a_credential_process_that_fails_is_quoted_without_its_secrets(machine: Machine) -> None:
    machine.process(
        "import sys\n"
        'print(\'{"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}\')\n'
        "sys.exit('vault is sealed for AKIAIOSFODNN7EXAMPLE, token=s.abc123, '"
        " 'key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')\n"
    )
    with pytest.raises(
        CredentialsMissing, match="credential process of the profile vault failed: vault is sealed"
    ) as it:
        await from_profile("vault").current()
    told = f"{it.value} {it.value.hint} {it.value.log_detail} {it.value!r}"
    for secret in ("AKIAIOSFODNN7EXAMPLE", "s.abc123", "wJalrXUtnFEMI"):
        assert secret not in told


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("print('not JSON, but a secret')", "its answer is not understood"),
        ("print('{\"Version\": 1}')", "Missing required key"),
        ("print('{\"Version\": 7}')", "Unsupported version"),
        ("print('[]')", "its answer is not understood"),
    ],
)
async def test_a_credential_process_that_writes_rubbish_is_said(machine: Machine, script: str, words: str) -> None:
    machine.process(script)
    with pytest.raises(CredentialsMissing, match=words) as caught:
        await from_profile("vault").current()
    assert "but a secret" not in f"{caught.value} {caught.value.log_detail}"


async def test_a_credential_process_that_is_not_there_is_said(machine: Machine) -> None:
    machine.config("[profile vault]\ncredential_process = /nowhere/vault\n")
    with pytest.raises(CredentialsMissing, match="could not be had: No such file"):
        await from_profile("vault").current()


async def test_a_credential_process_that_hangs_is_given_up_in_time(machine: Machine) -> None:
    machine.process("import signal\nsignal.pause()\n")
    started = time.monotonic()
    with pytest.raises(CredentialError, match=r"No credentials came for the profile vault within 0 s"):
        await from_profile("vault", limit_s=0.3).current()
    assert time.monotonic() - started < 5


# -- roles -------------------------------------------------------------------------------------------------------------


async def test_static_keys_sign(machine: Machine, moto_url: str) -> None:
    machine.config(BASE)
    assert await arn_of(from_profile("base"), moto_url) == "arn:aws:sts::123456789012:user/moto"


async def test_a_role_is_taken_on_and_signs(machine: Machine, moto_url: str) -> None:
    machine.config(WITHOUT_MFA)
    machine.env("AWS_ENDPOINT_URL_STS", moto_url)
    arn = await arn_of(from_profile("prod", "eu-central-1"), moto_url)
    assert arn.startswith("arn:aws:sts::123456789012:assumed-role/patching/")


async def test_a_role_is_asked_for_in_the_connections_own_partition(machine: Machine) -> None:
    machine.config(WITHOUT_MFA)
    asked = machine.serve(sts())
    await from_profile("prod", "cn-north-1").current()
    assert asked.regions == ["cn-north-1"]


async def test_a_role_with_mfa_asks_for_one_code_for_all_who_wait(machine: Machine, moto_url: str) -> None:
    import asyncio

    machine.config(WITH_MFA)
    machine.env("AWS_ENDPOINT_URL_STS", moto_url)
    person = Person("123456")
    source = from_profile("prod", "eu-central-1", person)
    found = await asyncio.gather(*(arn_of(source, moto_url) for _ in range(4)))
    assert {arn.split("/")[0] for arn in found} == {"arn:aws:sts::123456789012:assumed-role"}
    assert person.asked == [CodeRequest("prod", DEVICE)]


async def test_a_code_goes_to_sts_once_and_is_kept_nowhere(machine: Machine) -> None:
    machine.config(WITH_MFA)
    asked = machine.serve(sts())
    source = from_profile("prod", "eu-central-1", Person(RIGHT_CODE))
    assert (await source.current()).access_key == "ASIAROLE1"
    await source.current()
    assert asked.codes == [RIGHT_CODE]
    assert RIGHT_CODE not in "".join(path.read_text() for path in machine.folder.rglob("*") if path.is_file())


async def test_a_wrong_code_is_asked_for_again(machine: Machine) -> None:
    machine.config(WITH_MFA)
    asked = machine.serve(sts())
    person = Person("111111", RIGHT_CODE)
    assert (await from_profile("prod", "eu-central-1", person).current()).access_key == "ASIAROLE1"
    assert [request.was_refused for request in person.asked] == [False, True]
    assert asked.codes == ["111111", RIGHT_CODE]


async def test_wrong_codes_come_to_an_end(machine: Machine) -> None:
    machine.config(WITH_MFA)
    machine.serve(sts())
    with pytest.raises(CredentialError, match="The MFA code was not accepted") as caught:
        await from_profile("prod", "eu-central-1", Person("111111", "222222", "333333", "444444")).current()
    assert "next code" in caught.value.hint


async def test_what_cannot_be_a_code_is_asked_for_again_and_never_quoted(machine: Machine) -> None:
    machine.config(WITH_MFA)
    asked = machine.serve(sts())
    with pytest.raises(CodeNotGiven, match="six digits") as caught:
        await from_profile("prod", "eu-central-1", Person("my-password", "12345", "")).current()
    assert "my-password" not in f"{caught.value} {caught.value.hint} {caught.value.log_detail}"
    assert asked.codes == []


async def test_who_put_a_code_off_is_left_in_peace_until_they_try_again(machine: Machine) -> None:
    machine.config(WITH_MFA)
    machine.serve(sts())
    person = Person()
    source = from_profile("prod", "eu-central-1", person)
    for _ in range(3):
        with pytest.raises(CodeNotGiven):
            await source.current()
        source.forget()
    assert len(person.asked) == 1
    person._codes.append(RIGHT_CODE)
    source.ask_again()
    assert (await source.current()).access_key == "ASIAROLE1"


async def test_without_anybody_to_ask_it_is_said_what_to_do(machine: Machine) -> None:
    machine.config(WITH_MFA)
    machine.serve(sts())
    with pytest.raises(CodeNotGiven, match="asks for an MFA code") as caught:
        await from_profile("prod", "eu-central-1").current()
    assert "terminal" in caught.value.hint


async def test_a_role_that_runs_out_is_taken_on_again_by_itself(machine: Machine) -> None:
    machine.config(WITHOUT_MFA)
    machine.serve(sts(lifetime=timedelta(minutes=4)))
    source = from_profile("prod", "eu-central-1")
    assert (await source.current()).access_key == "ASIAROLE1"
    assert (await source.current()).access_key == "ASIAROLE2"


async def test_a_role_with_mfa_asks_for_the_next_code_only_near_its_end(machine: Machine) -> None:
    machine.config(WITH_MFA)
    asked = machine.serve(sts(lifetime=timedelta(minutes=8)))
    person = Person(RIGHT_CODE, RIGHT_CODE, RIGHT_CODE)
    source = from_profile("prod", "eu-central-1", person)
    # botocore alone would try to refresh from a quarter of an hour before the end on, and could not.
    for _ in range(3):
        assert (await source.current()).access_key == "ASIAROLE1"
    assert len(person.asked) == 1
    asked.answer = sts(lifetime=timedelta(minutes=4))
    ending = from_profile("prod", "eu-central-1", person)
    await ending.current()
    await ending.current()
    assert len(person.asked) == 3


async def test_calls_that_were_refused_before_a_code_was_entered_do_not_cost_another(machine: Machine) -> None:
    machine.config(WITH_MFA)
    machine.serve(sts())
    person = Person(RIGHT_CODE)
    source = from_profile("prod", "eu-central-1", person)
    await source.current()
    source.forget()
    assert (await source.current()).access_key == "ASIAROLE1"
    assert len(person.asked) == 1


async def test_a_role_that_may_not_be_taken_on_is_said(machine: Machine) -> None:
    machine.config(WITHOUT_MFA)
    machine.serve(lambda *_: (403, refusal("AccessDenied", "User jo is not authorized to perform: sts:AssumeRole")))
    with pytest.raises(CredentialsMissing, match="not authorized to perform: sts:AssumeRole") as caught:
        await from_profile("prod", "eu-central-1").current()
    assert "trust policy" in caught.value.hint


async def test_an_sts_that_cannot_be_reached_is_said_soon(machine: Machine) -> None:
    machine.config(WITHOUT_MFA)
    machine.env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(Unreachable, match="credentials of the profile prod could not be fetched"):
        await from_profile("prod", "eu-central-1").current()
    assert time.monotonic() - started < 10


async def test_a_clock_that_is_off_is_measured_against_stss(machine: Machine) -> None:
    machine.config(WITHOUT_MFA)
    words = "Signature expired: 20261126T100000Z is now earlier than 20261126T101500Z"
    asked = machine.serve(lambda *_: (403, refusal("SignatureDoesNotMatch", words)))
    asked.date = datetime.now(UTC) + timedelta(minutes=20)
    with pytest.raises(ClockSkew, match="20 min behind the service's") as caught:
        await from_profile("prod", "eu-central-1").current()
    assert caught.value.command in caught.value.hint


# -- machines ----------------------------------------------------------------------------------------------------------


async def test_a_web_identity_becomes_a_role(machine: Machine, moto_url: str) -> None:
    (machine.folder / "token").write_text("a.b.c")
    machine.config(f"[profile pod]\nrole_arn = {ROLE}\nweb_identity_token_file = {machine.folder / 'token'}\n")
    machine.env("AWS_ENDPOINT_URL_STS", moto_url)
    assert "assumed-role/patching/" in await arn_of(from_profile("pod", "eu-central-1"), moto_url)


async def test_a_container_gives_its_role(machine: Machine) -> None:
    asked = machine.serve(lambda *_: (200, keys_as_json("AKCONTAINER")), "AWS_CONTAINER_CREDENTIALS_FULL_URI")
    assert (await from_profile().current()).access_key == "AKCONTAINER"
    assert [request[0] for request in asked.requests] == ["GET"]


async def test_a_container_without_a_role_is_said(machine: Machine) -> None:
    machine.serve(lambda *_: (404, "no role"), "AWS_CONTAINER_CREDENTIALS_FULL_URI")
    with pytest.raises(CredentialsMissing, match="container's credential service of this machine failed"):
        await from_profile().current()


def metadata(method: str, path: str, _body: str) -> tuple[int, str]:
    if method == "PUT":
        return 200, "imds-token"
    listed = path.rstrip("/").endswith("security-credentials")
    return 200, "ec2-role" if listed else keys_as_json("AKINSTANCE")


async def test_an_instance_gives_its_role(machine: Machine) -> None:
    machine.env("AWS_EC2_METADATA_DISABLED", "false")
    asked = machine.serve(metadata, "AWS_EC2_METADATA_SERVICE_ENDPOINT")
    assert (await from_profile().current()).access_key == "AKINSTANCE"
    assert asked.requests[0][0] == "PUT"


async def test_an_instance_metadata_service_that_is_not_there_is_said_soon(machine: Machine) -> None:
    machine.env("AWS_EC2_METADATA_DISABLED", "false")
    machine.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(CredentialsMissing, match="no AWS credentials for this machine"):
        await from_profile().current()
    assert time.monotonic() - started < 5


# -- single sign-on ----------------------------------------------------------------------------------------------------

START_URL = "https://corp.awsapps.com/start"
SSO = (
    f"[profile staging]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n"
    "sso_account_id = 123456789012\nsso_role_name = Patching\n"
)


def portal(_method: str, _path: str, _body: str) -> tuple[int, str]:
    expiry_ms = int((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1000)
    keys = {"accessKeyId": "AKSSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": expiry_ms}
    return 200, json.dumps({"roleCredentials": keys})


@pytest.mark.parametrize("before", [None, timedelta(hours=-1)], ids=["never signed in", "token run out"])
async def test_a_single_sign_on_that_ended_names_its_command_and_goes_on_after_it(
    machine: Machine, before: timedelta | None
) -> None:
    machine.config(SSO)
    machine.serve(portal, "AWS_ENDPOINT_URL_SSO")
    if before is not None:
        machine.sign_in(START_URL, before)
    source = from_profile("staging", "eu-central-1")
    with pytest.raises(CredentialsExpired, match="single sign-on of the profile staging has ended") as caught:
        await source.current()
    assert caught.value.command == "aws sso login --profile staging"
    assert caught.value.command in caught.value.hint
    machine.sign_in(START_URL, timedelta(hours=8))
    assert (await source.current()).access_key == "AKSSO"


async def test_a_role_on_top_of_single_sign_on_names_the_profile_that_signs_in(machine: Machine) -> None:
    machine.config(f"{SSO}[profile deep]\nrole_arn = {ROLE}\nsource_profile = staging\n")
    with pytest.raises(CredentialsExpired) as caught:
        await from_profile("deep", "eu-central-1").current()
    assert caught.value.command == "aws sso login --profile staging"


@pytest.mark.parametrize(
    ("profile", "words", "command"),
    [
        ("staging", "sign-in of the profile staging has ended", "aws sso login --profile staging"),
        ("base", "session of the profile base has ended", ""),
    ],
)
async def test_a_session_that_the_service_calls_ended_says_what_begins_a_new_one(
    machine: Machine, profile: str, words: str, command: str
) -> None:
    machine.config(SSO + BASE)
    machine.serve(portal, "AWS_ENDPOINT_URL_SSO")
    machine.sign_in(START_URL, timedelta(hours=8))
    told = json.dumps({"__type": "ExpiredTokenException", "message": "The security token is expired"})
    asked = machine.serve(lambda *_: (400, told), "UNUSED")
    client = SsmClient(Endpoint("eu-central-1", asked.url, from_profile(profile, "eu-central-1")))
    with pytest.raises(CredentialsExpired, match=words) as caught:
        await client.list_commands(ListCommandsRequest())
    await client.aclose()
    assert caught.value.command == command
    assert caught.value.hint
    assert len(asked.requests) == 2, "once more with what may have been put there meanwhile"


# -- nothing leaks -----------------------------------------------------------------------------------------------------


async def test_no_secret_is_in_an_error_or_a_log(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    machine.config(WITH_MFA)
    secrets = ("AKIABASE", "secret-of-base", "135791", "of-the-role", "token-of-the-role")
    answers = iter(
        [
            (403, refusal("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")),
            (403, refusal("ExpiredToken", "The security token included in the request is expired")),
            (403, refusal("InvalidClientTokenId", "The security token included in the request is invalid.")),
            (400, "secret-of-base"),
            (200, role("ASIAROLE", timedelta(hours=1)).replace("Expiration", "Later")),
        ]
    )
    machine.serve(lambda *_: next(answers, (500, "")))
    told: list[str] = []
    caplog.set_level(logging.INFO)
    for _ in range(5):
        source = from_profile("prod", "eu-central-1", Person("135791"))
        try:
            await source.current()
        except PatchError as error:
            told += [str(error), error.hint, error.log_detail, repr(error)]
            if isinstance(error, CredentialError):
                told.append(error.command)
    assert len(told) >= 12
    everything = "\n".join([*told, caplog.text])
    assert [secret for secret in secrets if secret in everything] == []
