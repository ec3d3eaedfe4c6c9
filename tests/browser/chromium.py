"""Finds the Chromium of the browser tests; as a script: exit code 0 where there is one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find(playwright: Playwright) -> str | None:
    """The path of an installed Chromium or Chrome, or of playwright's own; None: there is none."""
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    with sync_playwright() as playwright:
        program = find(playwright)
    print(program or "no Chromium found")
    sys.exit(0 if program else 1)
