"""What docs/reliability.md and docs/aws.md call a proof is there to be run."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.parametrize("page", ["reliability", "aws"])


def read(page: str) -> str:
    return (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_exists(page: str) -> None:
    named = set(re.findall(r"`(test_[a-z0-9_]+)(?:\[\w+\])?`", read(page)))
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 50
    assert sorted(named - set(re.findall(r"def (test_\w+)\(", sources))) == []


def test_every_file_that_the_page_names_exists(page: str) -> None:
    named = re.findall(r"`((?:tests|patchgui|packaging|docs)/[\w/.]*\w)`", read(page))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
