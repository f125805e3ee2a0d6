"""The list of connections: what was written is read again, nothing half, nothing secret, nothing newer."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.console.connection import BUILTIN, Connection, ConnectionColour, ConnectionKind, aws_connection
from patchgui.console.connection_draft import LABEL_MAX, ConnectionDraft
from patchgui.console.connection_file import ConnectionFile
from patchgui.ssm.errors import StoreError, StoreFull, StoreTooNew

PROD = aws_connection(
    label="Production", profile="prod", region="eu-central-1", colour=ConnectionColour.RED, is_guarded=True
)
GOV = aws_connection(label="Gov", profile="gov", region="us-gov-west-1", colour=ConnectionColour.VIOLET)
LABELS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=LABEL_MAX)
REGIONS = st.sampled_from(["eu-central-1", "us-gov-west-1", "cn-north-1", "us-isob-east-1", "ap-southeast-3"])
ADDRESSES = st.sampled_from(["", "https://vpce-1.ssm.eu-central-1.vpce.amazonaws.com", "http://127.0.0.1:4566"])
WITH_PASSWORD = json.dumps(
    {
        "version": 1,
        "connections": [
            {"label": "A", "region": "r", "colour": "red", "guarded": False, "endpoint_url": "https://jo:secret@host"}
        ],
    }
)
DRAFTS = st.builds(
    ConnectionDraft, LABELS, st.sampled_from(["", "prod", "a b", "Ädmin"]), REGIONS, ADDRESSES,
    st.sampled_from(ConnectionColour), st.booleans(),
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> ConnectionFile:
    return ConnectionFile(tmp_path / "config" / "connections.json")


def test_there_are_none_before_the_first(file: ConnectionFile) -> None:
    assert file.read().connections == ()
    assert not file.path.exists()


def test_what_was_added_changed_and_removed_is_read_again(file: ConnectionFile) -> None:
    file.add(PROD)
    file.add(GOV)
    assert ConnectionFile(file.path).read().connections == (PROD, GOV)
    moved = aws_connection(label="Production", profile="prod", region="eu-west-1")
    assert file.replace(PROD.id, moved).connections == (moved, GOV)
    assert file.remove(GOV.id).connections == (moved,)
    assert ConnectionFile(file.path).read().named("PRODUCTION") == moved


def test_a_change_keeps_what_another_window_added(file: ConnectionFile) -> None:
    other = ConnectionFile(file.path)
    file.add(PROD)
    other.add(GOV)
    assert file.remove(PROD.id).connections == (GOV,)


@given(drafts=st.lists(DRAFTS, max_size=5))
def test_every_connection_that_the_form_accepts_survives_the_file(
    drafts: list[ConnectionDraft], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = ConnectionFile(tmp_path_factory.mktemp("list") / "connections.json")
    kept: list[Connection] = []
    for draft in drafts:
        if not draft.problems(kept):
            kept.append(draft.connection())
            file.add(kept[-1])
    assert file.read().connections == tuple(kept)
    assert [ConnectionDraft.of(each).connection() for each in kept] == kept


def test_nobody_else_may_read_it_and_no_rest_stays(file: ConnectionFile) -> None:
    file.add(PROD)
    assert file.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.path.parent.iterdir()] == ["connections.json"]


def test_it_holds_names_and_places_and_nothing_else(file: ConnectionFile) -> None:
    file.add(PROD)
    told = json.loads(file.path.read_text())
    assert set(told) == {"version", "connections"}
    assert set(told["connections"][0]) == {"label", "profile", "region", "endpoint_url", "colour", "guarded"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"version": "1", "connections": []}',
        '{"version": 1}',
        '{"version": 1, "connections": [7]}',
        '{"version": 1, "connections": [{"label": "A", "region": "eu-central-1", "colour": "pink", "guarded": false}]}',
        '{"version": 1, "connections": [{"label": "A", "region": 7, "colour": "red", "guarded": false}]}',
        '{"version": 1, "connections": [{"label": "A", "region": "nowhere", "colour": "red", "guarded": false}]}',
        WITH_PASSWORD,
        "\0\0\0",
        "\udcff",
    ],
)
def test_a_damaged_file_is_set_aside_and_said(file: ConnectionFile, text: str) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(text.encode(errors="surrogateescape"))
    found = file.read()
    assert found.connections == ()
    assert "was damaged" in found.notice
    (aside,) = file.path.parent.iterdir()
    assert aside.name in found.notice
    assert aside.read_bytes() == text.encode(errors="surrogateescape")
    assert file.add(GOV).connections == (GOV,)


def test_a_file_of_a_newer_release_is_left_alone(file: ConnectionFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text('{"version": 2, "groups": []}')
    with pytest.raises(StoreTooNew, match="form 2"):
        file.read()
    with pytest.raises(StoreTooNew):
        file.add(PROD)
    assert file.path.read_text() == '{"version": 2, "groups": []}'


def test_a_list_that_cannot_be_written_stays_as_it_was(file: ConnectionFile) -> None:
    file.add(PROD)
    in_the_way = file.path.with_name(f"connections.json.{os.getpid()}.new")
    in_the_way.mkdir()
    with pytest.raises(StoreFull, match="stays as it was"):
        file.add(GOV)
    assert file.read().connections == (PROD,)


def test_a_list_that_cannot_be_read_is_said_and_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "connections.json").mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        ConnectionFile(tmp_path / "connections.json").add(PROD)


_WRITER = """
import sys
from pathlib import Path
from patchgui.console.connection import aws_connection
from patchgui.console.connection_file import ConnectionFile
file = ConnectionFile(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(100_000):
    file.add(aws_connection(label="One", profile="p" * (number % 500), region="eu-central-1"))
    file.remove(aws_connection(profile="p" * (number % 500), region="eu-central-1").id)
"""


@pytest.mark.parametrize("attempt", range(3))
def test_a_kill_in_the_middle_of_writing_leaves_the_old_list_or_the_new(file: ConnectionFile, attempt: int) -> None:
    file.add(GOV)
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(file.path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        before = file.path.stat().st_ino
        while file.path.stat().st_ino == before:
            os.sched_yield()
        process.kill()
    found = file.read()
    assert found.notice == ""
    assert found.connections[0] == GOV


# -- the form ----------------------------------------------------------------------------------------------------------

GOOD = ConnectionDraft("A", "", "eu-central-1")


@pytest.mark.parametrize(
    "region", ["eu-central-1", "us-gov-west-1", "cn-northwest-1", "us-isob-east-1", "mx-central-1"]
)
def test_regions_of_every_partition_are_taken(region: str) -> None:
    assert not ConnectionDraft("A", "", region).problems()


@pytest.mark.parametrize("region", ["", "frankfurt", "eu_central_1", "EU-CENTRAL-1", "eu-central-1a", "eu-central-1/x"])
def test_what_is_no_region_is_refused(region: str) -> None:
    assert set(ConnectionDraft("A", "", region).problems()) == {"region"}


def test_behind_an_address_of_ones_own_a_region_may_be_called_anything() -> None:
    assert not ConnectionDraft("A", "", "local", "http://127.0.0.1:4566").problems()


@pytest.mark.parametrize(
    "address",
    ["ssm.example.com", "ftp://host", "https://", "https://host/path", "https://host?x=1", "https://host:0",
     "https://host:99999", "https://jo:secret@host", "https://token@host"],
)  # fmt: skip
def test_what_is_no_address_or_holds_a_password_is_refused(address: str) -> None:
    problems = ConnectionDraft("A", "", "eu-central-1", address).problems()
    assert set(problems) == {"endpoint_url"}
    assert "secret" not in problems["endpoint_url"]


@pytest.mark.parametrize("label", ["", "  ", "x" * (LABEL_MAX + 1), "two\nlines", "production", BUILTIN[0].label])
def test_a_label_is_seen_short_and_its_own(label: str) -> None:
    assert "label" in ConnectionDraft(label, "", "eu-central-1").problems([PROD])


def test_the_same_place_with_the_same_profile_is_named() -> None:
    twin = ConnectionDraft("Other", "prod", "eu-central-1").problems([PROD])
    assert "“Production”" in twin["profile"]


def test_the_place_and_who_asks_make_the_id_and_its_dress_does_not() -> None:
    dressed = aws_connection(label="Other", profile="prod", region="eu-central-1", colour=ConnectionColour.GREEN)
    assert dressed.id == PROD.id
    assert aws_connection(region="eu-central-1").id != aws_connection(profile="default", region="eu-central-1").id


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (None, ConnectionKind.AWS),
        ("https://vpce-1.ssm.eu-central-1.vpce.amazonaws.com", ConnectionKind.AWS),
        ("http://localhost", ConnectionKind.SANDBOX),
        ("http://127.0.0.1:4801", ConnectionKind.SANDBOX),
        ("http://[::1]:4801", ConnectionKind.SANDBOX),
        ("https://localhost.example.com", ConnectionKind.AWS),
    ],
)
def test_an_agent_on_this_machine_is_known_by_its_address(address: str | None, kind: ConnectionKind) -> None:
    assert aws_connection(region="local", endpoint_url=address).kind is kind
    assert aws_connection(region="eu-central-1", endpoint_url=address).kind is ConnectionKind.AWS, "it stands for AWS"
