"""A control plane in this process, over a worker in a process of its own."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.soak import documents
from tests.soak.plane import Plane


@pytest.fixture
async def make_plane(tmp_path: Path) -> AsyncIterator[Callable[..., Plane]]:
    """Make control planes over ``tmp_path``, one after the other; what is left open is closed."""
    planes: list[Plane] = []

    def make(**options: Any) -> Plane:
        plane = Plane(tmp_path, **options)
        planes.append(plane)
        return plane

    yield make
    for plane in planes:
        await plane.close()


@pytest.fixture
def four_steps(tmp_path: Path) -> documents.Document:
    """Three steps and a finallyStep, each leaving a line in ``tmp_path/log`` when it begins."""
    return documents.plain(tmp_path / "log", "one", "two", "three", "fin")
