"""What every test may rely on: the asyncio back end, no real display, Qt's own binding."""

import gc
import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

import pytest
from hypothesis import HealthCheck, settings

from patchgui.ui.garbage import search

# A busy machine is no fault of the code: how long an example takes is for the benches to judge.
settings.register_profile("patchgui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patchgui")


@pytest.fixture(autouse=True)
def _garbage_is_searched_between_tests() -> Iterator[None]:
    """As the window has it (`patchgui.ui.garbage`): a thread of one test must not destroy the views of another."""
    gc.disable()
    yield
    search()


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio: that is the loop the product runs on."""
    return "asyncio"
