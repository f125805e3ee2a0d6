"""What the documents for people point at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_and_picture_of_a_page_leads_somewhere(page: Path) -> None:
    linked = re.findall(r"\]\((?!https?://)([^)#]+)(?:#[\w-]+)?\)", read(page))
    assert [place for place in linked if not (page.parent / place).exists()] == []


def test_every_picture_is_shown_on_a_page() -> None:
    shown = {
        (page.parent / place).resolve() for page in PAGES for place in re.findall(r"!\[.*?\]\((.+?)\)", read(page))
    }
    assert sorted(set(ROOT.glob("docs/pictures/*")) - shown) == []


def test_every_place_in_the_code_that_architecture_names_exists() -> None:
    code = re.findall(r"`([a-z_]+(?:/[\w.-]+)*(?:/|\.py))`", read(ROOT / "docs/architecture.md"))
    assert len(code) > 50
    assert [place for place in code if not any((root / place).exists() for root in (ROOT / "patchgui", ROOT))] == []
