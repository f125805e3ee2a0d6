import secrets
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.ssm.redaction import masked, without_secrets

BASE64 = string.ascii_letters + string.digits + "+/"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("vault: permission denied", "vault: permission denied"),
        ("two\nlines\n", "two lines"),
        ("for AKIAIOSFODNN7EXAMPLE now", "for … now"),
        ("ASIAIOSFODNN7EXAMPLE", "…"),
        ('{"SecretAccessKey": "short"}', '{"SecretAccessKey": "…"}'),
        ("aws_secret_access_key = abc", "aws_secret_access_key = …"),
        ("SessionToken: xyz.", "SessionToken: …"),
        ("password=hunter2 failed", "password=… failed"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer …"),
        ("(token=abc)", "(token=…)"),
        ("/usr/local/lib/python3/site-packages/botocore/credentials not found", None),
        ("could not reach vault-prod-eu-central-1-internal-service-name", None),
    ],
)
def test_what_may_be_a_secret_is_left_out_and_the_rest_is_kept(text: str, shown: str | None) -> None:
    assert without_secrets(text) == (text if shown is None else shown)


@given(st.text(BASE64, min_size=40, max_size=200).filter(lambda word: not word.islower()))
def test_no_long_word_that_chance_could_have_written_comes_through(word: str) -> None:
    assert word not in without_secrets(f"failed with {word} there")


def test_a_secret_key_never_comes_through() -> None:
    for _ in range(2000):
        key = "".join(secrets.choice(BASE64) for _ in range(40))
        assert key not in without_secrets(f"key {key}")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("one\n  two\n", "one\n  two\n"),
        ("=" * 60, "=" * 60),
        ("a\n----------ERROR-------\nb", "a\n----------ERROR-------\nb"),
        ("use {{ ssm-secure:prod/db:3 }} here", "use {{ssm-secure:…}} here"),
        ("{{resolve:secretsmanager:prod/db}}", "{{resolve:…}}"),
        ("{{ssm:/aws/reference/secretsmanager/prod}}", "{{ssm:/aws/reference/secretsmanager:…}}"),
        ("{{ ssm:plain }} {{ Operation }}", "{{ ssm:plain }} {{ Operation }}"),
        ("git clone https://bob:hunter2@git.example/x", "git clone https://bob:…@git.example/x"),
    ],
)
def test_the_lines_of_an_output_stay_and_secure_references_go(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize("word", ["toke", "secret", "://a:b", "{{ssm-secure:"])
def test_a_single_word_of_a_megabyte_is_gone_through_at_once(word: str) -> None:
    started = time.process_time()
    masked(word * (1_000_000 // len(word)))
    # What grows with the square of the length would take hours.
    assert time.process_time() - started < 5


def test_a_long_text_is_cut() -> None:
    assert len(without_secrets("word " * 1000)) < 700
