"""A control plane in this process, over a worker in a process of its own."""

import importlib.util
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent

Document = dict[str, Any]


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"crash_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def control_plane() -> ModuleType:
    return _load("control_plane")


@pytest.fixture
async def make_plane(control_plane: ModuleType, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Make control planes over ``tmp_path``, one after the other; what is left open is closed."""
    planes: list[Any] = []

    def make(**options: Any) -> Any:
        plane = control_plane.Plane(tmp_path, **options)
        planes.append(plane)
        return plane

    yield make
    for plane in planes:
        await plane.close()


@pytest.fixture
def four_steps(tmp_path: Path) -> Document:
    """Three steps and a finallyStep, each leaving a line in ``tmp_path/log`` when it begins."""
    return document(tmp_path / "log", "one", "two", "three", "fin")


def document(log: Path, *names: str) -> Document:
    steps = [
        {"name": name, "action": "aws:runShellScript", "inputs": {"runCommand": [f"echo {name} >> {log}"]}}
        for name in names
    ]
    steps[-1]["inputs"]["finallyStep"] = True  # type: ignore[index]
    return {"schemaVersion": "2.2", "mainSteps": steps}
