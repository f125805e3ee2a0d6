"""What every test may rely on: the asyncio back end, no real display, Qt's own binding."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: how long an example takes is for the benches to judge.
settings.register_profile("patchgui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patchgui")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio: that is the loop the product runs on."""
    return "asyncio"
