import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import SSOTokenLoadError, UnauthorizedSSOTokenError

from patchgui.ssm.credentials import CredentialSource, from_file, from_keys, from_profile
from patchgui.ssm.errors import CredentialsExpired, CredentialsMissing

pytestmark = pytest.mark.anyio

ONE_PROFILE = "[{0}]\naws_access_key_id = AK{0}\naws_secret_access_key = secret\n"


@pytest.fixture(autouse=True)
def aws_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nobody has signed in."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


async def test_a_profile_of_the_aws_tools_signs(aws_folder: Path) -> None:
    (aws_folder / "credentials").write_text(ONE_PROFILE.format("patching"))
    keys = await from_profile("patching").current()
    assert (keys.access_key, keys.secret_key) == ("AKpatching", "secret")


async def test_without_a_profile_the_whole_chain_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert (await from_profile().current()).access_key == "AKENV"


async def test_nobody_signed_in_is_said_with_the_way_out() -> None:
    with pytest.raises(CredentialsMissing, match="no AWS credentials for this machine") as caught:
        await from_profile().current()
    assert "aws configure" in caught.value.hint


async def test_a_profile_that_is_not_there_is_named() -> None:
    with pytest.raises(CredentialsMissing, match="nonesuch"):
        await from_profile("nonesuch").current()


@pytest.mark.parametrize("error", [SSOTokenLoadError(error_msg="no token"), UnauthorizedSSOTokenError()])
async def test_a_single_sign_on_that_ended_asks_to_sign_in(error: Exception) -> None:
    def load() -> Credentials:
        raise error

    with pytest.raises(CredentialsExpired) as caught:
        await CredentialSource(load).current()
    assert "aws sso login" in caught.value.hint


async def test_a_file_of_the_local_agent_signs(tmp_path: Path) -> None:
    path = tmp_path / "agent-credentials"
    path.write_text(ONE_PROFILE.format("patchgui") + "aws_session_token = token%1\n")
    keys = await from_file(path, "patchgui").current()
    assert (keys.access_key, keys.token) == ("AKpatchgui", "token%1")


@pytest.mark.parametrize("text", [None, "", "[other]\n", "[patchgui]\naws_access_key_id = AK\n", "no section\n", "\0"])
async def test_a_file_without_the_keys_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "agent-credentials"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CredentialsMissing, match="agent-credentials holds no credentials for the profile patchgui"):
        await from_file(path, "patchgui").current()


async def test_they_are_found_once_and_found_anew_when_asked() -> None:
    found: list[Credentials] = []

    def load() -> Credentials:
        found.append(Credentials(f"AK{len(found)}", "secret"))
        return found[-1]

    source = CredentialSource(load)
    async with asyncio.TaskGroup() as group:
        first = [group.create_task(source.current()) for _ in range(5)]
    assert {task.result().access_key for task in first} == {"AK0"}
    source.forget()
    assert (await source.current()).access_key == "AK1"


def refreshable(expires_in: timedelta, refresh: Callable[[], dict[str, str]]) -> RefreshableCredentials:
    return RefreshableCredentials("AKOLD", "secret", "token", datetime.now(UTC) + expires_in, refresh, "sts")


def renewed(expires_in: timedelta) -> dict[str, str]:
    expiry = (datetime.now(UTC) + expires_in).isoformat()
    return {"access_key": "AKNEW", "secret_key": "secret", "token": "token", "expiry_time": expiry}


async def test_credentials_that_run_out_are_refreshed() -> None:
    source = CredentialSource(lambda: refreshable(timedelta(minutes=1), lambda: renewed(timedelta(hours=1))))
    assert (await source.current()).access_key == "AKNEW"
    assert (await source.current()).access_key == "AKNEW"


async def test_a_refresh_that_brings_expired_ones_is_an_expired_session() -> None:
    source = CredentialSource(lambda: refreshable(timedelta(minutes=-1), lambda: renewed(timedelta(minutes=-1))))
    with pytest.raises(CredentialsExpired, match="sign-in of this machine has ended"):
        await source.current()


async def test_known_keys_sign() -> None:
    keys = await from_keys("AK", "secret", "token").current()
    assert (keys.access_key, keys.secret_key, keys.token) == ("AK", "secret", "token")
