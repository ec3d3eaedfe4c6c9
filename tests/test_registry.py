"""The rows of the pages: whole, each for itself, and cheap to read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ui import registry

ROOT = Path(__file__).parents[1]


def test_every_page_has_a_file_and_every_file_a_row() -> None:
    files = sorted(page.file for page in registry.PAGES)
    assert files == sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))


def test_no_address_leads_to_two_pages() -> None:
    addresses = [name for page in registry.PAGES for name in (page.address, *page.former)]
    assert len(addresses) == len(set(addresses))


def test_all_but_the_front_page_say_what_a_class_learns_there() -> None:
    front, *others = registry.PAGES
    assert front.lesson == ""
    assert all(page.lesson.endswith((".", "?")) for page in others)


def test_a_link_to_the_front_page_has_no_path() -> None:
    assert registry.path(registry.PAGES[0].address) == ""
    assert registry.path("picture") == "picture"


def test_a_former_address_is_known_and_no_other() -> None:
    assert registry.address_now("foreign") == "picture"
    assert registry.address_now("start") == "."  # Streamlit has no page of this name: it is its default
    assert registry.address_now("picture") == registry.address_now("") == registry.address_now("nix") == ""


def test_the_rows_are_read_without_pytorch_and_streamlit() -> None:
    """dashboard.py reads them before it shows anything; ui.server with every request."""
    script = "import sys, ui.registry; print({'torch', 'streamlit', 'numpy'} & set(sys.modules))"
    read = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert read.stdout == "set()\n"


def test_every_page_says_what_its_main_action_is() -> None:
    assert all(registry.main_action(page.address) for page in registry.PAGES)
    assert registry.main_action("nix") == ()
