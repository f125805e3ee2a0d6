"""What every test may rely on: the asyncio back end, no real display, Qt's own binding."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio: that is the loop the product runs on."""
    return "asyncio"
