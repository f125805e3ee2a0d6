"""10,000 nodes are listed from one server: by boto3's paginator, and by the console, on the loop of its window."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import qasync

from patchgui.console.nodes import node_rows
from patchgui.console.rows import NodeRow
from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_file
from patchgui.ssm.endpoint import Endpoint
from patchgui.ui.patch_now.node_model import NodeTableModel
from patchgui.ui.patch_now.node_reader import stream_nodes
from patchgui.ui.patch_now.node_table import NodeTable
from tests.bench.figure import Figure
from tests.bench.heartbeat import Heartbeat
from tests.bench.offscreen import application

NODES = 10_000
_ROUNDS = 5
_SETTLE_S = 0.2


@contextmanager
def fleet() -> Iterator[dict[str, str]]:
    """Run a simulated fleet without limits and yield its ready line."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--nodes", str(NODES), "--no-limits", "--state-dir", folder]
        argv = [sys.executable, "-m", "patchgui", "demo-fleet", *options]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(20)
            process.stdout.close()


def measure() -> Iterator[Figure]:
    """Yield how long both take, and the longest stall of the window meanwhile."""
    with fleet() as door:
        loop = qasync.QEventLoop(application())
        with loop:
            # In turns: what else the machine does meanwhile strikes both.
            rounds = [(_paginator_ms(door), loop.run_until_complete(_listed_ms(door))) for _ in range(_ROUNDS)]
            theirs, ours = (min(column) for column in zip(*rounds, strict=True))
            stall_ms = loop.run_until_complete(_longest_stall_ms(door))
    what = f"list {NODES:,} nodes"
    yield Figure(what, ours, "ms", "≤ 0.5 x", theirs, "boto3, DescribeInstanceInformation")
    yield Figure(f"longest stall while {NODES:,} nodes load", stall_ms, "ms", "≤ 33 ms")


def _paginator_ms(door: dict[str, str]) -> float:
    session = boto3.Session(**_keys(door), region_name=door["region"])
    client = session.client("ssm", endpoint_url=door["endpoint_url"])
    began = time.perf_counter()
    pages = client.get_paginator("describe_instance_information").paginate(PaginationConfig={"PageSize": 50})
    count = sum(len(page["InstanceInformationList"]) for page in pages)
    assert count == NODES
    return (time.perf_counter() - began) * 1000


def _keys(door: dict[str, str]) -> dict[str, Any]:
    lines = open(door["credentials_file"], encoding="ascii").read().splitlines()  # noqa: PTH123, SIM115 - one line
    pairs = dict(line.split(" = ") for line in lines if " = " in line)
    return {name: pairs[name] for name in ("aws_access_key_id", "aws_secret_access_key")}


def _client(door: dict[str, str]) -> SsmClient:
    from pathlib import Path

    keys = from_file(Path(door["credentials_file"]), door["profile"])
    return SsmClient(Endpoint(door["region"], door["endpoint_url"], keys))


async def _listed_ms(door: dict[str, str]) -> float:
    """Return how long it takes until every node is a row."""
    client, listed = _client(door), list[NodeRow]()
    rows = node_rows(client)
    began = time.perf_counter()
    async for page in rows:
        listed += page
        if len(listed) == NODES:
            break
    took_ms = (time.perf_counter() - began) * 1000
    await rows.aclose()  # type: ignore[attr-defined]  # an async generator
    await client.aclose()
    return took_ms


class _Service:
    """What reads nodes into the table, of a console session."""

    def __init__(self, client: SsmClient) -> None:
        self._client = client

    async def nodes(self) -> Any:
        async for page in node_rows(self._client):
            yield page


async def _longest_stall_ms(door: dict[str, str]) -> float:
    client, model = _client(door), NodeTableModel()
    table = NodeTable(model)
    table.resize(900, 700)
    table.show()
    await asyncio.sleep(_SETTLE_S)
    heart = Heartbeat()
    await stream_nodes(model, _Service(client), lambda _: None)  # type: ignore[arg-type]  # the part that is asked
    rows: list[NodeRow] = list(model.rows)
    await asyncio.sleep(_SETTLE_S)
    heart.stop()
    assert len(rows) == NODES
    await client.aclose()
    return max(heart.gaps_ms)
