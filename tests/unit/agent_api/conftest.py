"""What the tests of the agent's API start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.agent_api.harness import Harness, open_harness


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Harness]:
    """An agent with three nodes that are only described."""
    with open_harness(tmp_path) as harness:
        yield harness
