"""Profiles of the AWS tools in words, and never a key among them."""

import os
from pathlib import Path

import pytest

from patchgui.ssm.partitions import belongs_to_aws, regions
from patchgui.ssm.profiles import Profile, describe, profile_called, profiles

CONFIG = """
[default]
region = eu-central-1
[profile keys]
aws_access_key_id = AKIAKEYS
aws_secret_access_key = secret
[profile sso]
sso_session = corp
sso_account_id = 1
sso_role_name = r
region = us-gov-west-1
[sso-session corp]
sso_start_url = https://corp
sso_region = us-east-1
[profile "old sso"]
sso_start_url = https://corp
[profile mfa]
role_arn = arn:aws:iam::1:role/r
source_profile = keys
mfa_serial = arn:aws:iam::1:mfa/jo
[profile deep]
role_arn = arn:aws:iam::1:role/r
source_profile = sso
[profile deeper]
role_arn = arn:aws:iam::1:role/r
source_profile = mfa
[profile ec2]
role_arn = arn:aws:iam::1:role/r
credential_source = Ec2InstanceMetadata
[profile itself]
role_arn = arn:aws:iam::1:role/r
source_profile = itself
aws_access_key_id = AKIAITSELF
[profile round]
role_arn = arn:aws:iam::1:role/r
source_profile = and round
[profile "and round"]
role_arn = arn:aws:iam::1:role/r
source_profile = round
[profile pod]
role_arn = arn:aws:iam::1:role/r
web_identity_token_file = /token
[profile vault]
credential_process = /vault
[profile console]
login_session = arn
"""
SSO_LOGIN = "aws sso login --profile sso"
EXPECTED = {
    "keys": Profile("keys", "access key"),
    "sso": Profile("sso", "single sign-on", "us-gov-west-1", SSO_LOGIN),
    "old sso": Profile("old sso", "single sign-on", "", 'aws sso login --profile "old sso"'),
    "mfa": Profile("mfa", "role with MFA, from access key", needs_code=True),
    "deep": Profile("deep", "role, from single sign-on", "", SSO_LOGIN),
    "deeper": Profile("deeper", "role, from role with MFA, from access key", needs_code=True),
    "ec2": Profile("ec2", "role, from instance metadata"),
    "itself": Profile("itself", "role, from access key"),
    "pod": Profile("pod", "web identity"),
    "vault": Profile("vault", "credential process"),
    "console": Profile("console", "sign-in of the AWS console", "", "aws login --profile console"),
    "nonesuch": Profile("nonesuch", "not set up"),
}


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    (tmp_path / "config").write_text(CONFIG)
    (tmp_path / "credentials").write_text("[shared]\naws_access_key_id = AKIASHARED\naws_secret_access_key = s\n")
    return tmp_path


@pytest.mark.parametrize("name", list(EXPECTED))
def test_each_profile_says_how_it_comes_to_its_credentials(name: str) -> None:
    assert profile_called(name) == EXPECTED[name]


def test_a_circle_of_profiles_has_an_end() -> None:
    assert profile_called("round").kind.startswith("role, from role")


def test_every_profile_of_both_files_is_listed_after_the_default_chain() -> None:
    names = [each.name for each in profiles()]
    assert names[0] == ""
    assert {"default", "shared", "round", "and round", *EXPECTED} - {"nonesuch"} == set(names[1:])


def test_no_key_is_in_what_is_told() -> None:
    assert "AKIA" not in repr(profiles())
    assert "secret" not in repr(profiles())


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({}, "instance metadata"),
        ({"AWS_ACCESS_KEY_ID": "AK"}, "environment"),
        ({"AWS_PROFILE": "mfa"}, "role with MFA, from access key (profile mfa)"),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}, "web identity"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1"}, "container"),
    ],
)
def test_without_a_profile_it_is_what_botocore_will_find(
    variables: dict[str, str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert profile_called(None).kind == kind


def test_a_profile_that_is_a_secret_keeper_only_gives_names() -> None:
    assert describe("p", {"p": {"aws_access_key_id": "AKIA"}}) == Profile("p", "access key")


def test_regions_of_every_partition_are_there() -> None:
    names = {region.name for region in regions()}
    assert {"eu-central-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1"} <= names
    assert len(names) > 30


@pytest.mark.parametrize(
    ("host", "belongs"),
    [
        ("vpce-0a.ssm.eu-central-1.vpce.amazonaws.com", True),
        ("ssm.cn-north-1.amazonaws.com.cn", True),
        ("ssm.us-gov-west-1.amazonaws.com", True),
        ("ssm.eu-central-1.api.aws", True),
        ("amazonaws.com.example.org", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_hosts_of_aws_are_known(host: str, belongs: bool) -> None:
    assert belongs_to_aws(host) is belongs
