"""Our browser components: each one .py, one .js and one .css.

What is inline travels in every message, twice a second to every viewer. So the code lies in a folder that is
served, where a browser fetches it once, and two lines that fetch it are inline in its place.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from time import time

from autoenc.errors import AutoencError
from autoenc.places import cache_dir, is_installed

HERE = Path(__file__).parent
# In the project the folder that Streamlit serves, beside dashboard.py. Where packages are installed, most
# users must not write, and nobody should: pip removes only what it has brought. From the user's cache folder
# ui/server/published.py serves it.
STATIC = (cache_dir() if is_installed() else HERE.parents[1]) / "static"
DAY = 24 * 3600  # seconds
WEEK = 7 * DAY
FAILED = (
    "This part of the page could not be shown. Reload the page. If that does not help, try a newer browser."
)
# A fingerprint, or the version of plotly.
NAMED_BY_CONTENT = r"[^/]+-[0-9a-f]{8}\.(?:js|wasm|css)|plotly-[^/]+\.min\.js"
_PUBLISHED = re.compile(rf"{NAMED_BY_CONTENT}|.+\.part")
_in_use = set[Path]()  # what this process has published


def inline(*names: str) -> str:
    """The text of files of this folder, one after the other, without indentation and lines of comment."""
    lines = "\n".join((HERE / name).read_text(encoding="utf-8") for name in names).splitlines()
    return "\n".join(line for line in map(str.strip, lines) if line and not line.startswith(("//", "/*")))


def fetched(name: str, *parts: str, seen: bool = True) -> str:
    """The JavaScript of a component that fetches that of the parts, and hands everything on to it.

    A component that cannot be fetched or drawn has one sentence in its place, and is tried again at the next
    call. One that fails later says so with `fail(error)`, which it is given.

    Args:
        seen: whether the component shows anything; one that only hands something over says nothing.
    Raises:
        AutoencError: the static folder cannot be written.
    """
    address = served(name, *parts)
    return inline("fetch.js").replace("ADDRESS", address).replace("SENTENCE", FAILED if seen else "")


def served(name: str, *parts: str) -> str:
    """Where a page finds one JavaScript file that holds the parts; raises as `publish` does."""
    content = inline(*parts).encode()
    digest = hashlib.blake2b(content, digest_size=4).hexdigest()  # a new text meets no old one in a cache
    return publish(f"{name}-{digest}.js", content)


def publish(name: str, content: bytes, folder: Path = STATIC) -> str:
    """Put a file where it is served, unless it is there.

    A copy: Streamlit refuses a link that leaves the folder.

    Returns:
        Its address, relative to that of any page.
    Raises:
        AutoencError: it is not there and the folder cannot be written.
    """
    target = folder / name
    if target.is_file() and target.stat().st_size == len(content):
        with suppress(OSError):  # somebody else's file is good as it is
            os.utime(target)
    else:
        try:
            _write(target, content)
        except OSError as error:
            raise AutoencError(
                f"the browser needs {target}, and that folder cannot be written ({error.strerror}); "
                "make it writable, or start the dashboard once as a user who may write there"
            ) from error
    _in_use.add(target)
    return f"app/static/{name}"


def _write(target: Path, content: bytes) -> None:
    """Another process that starts now sees all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=target.stem, suffix=".part", dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(part, 0o644)  # others may read it
    os.replace(part, target)


def remove_old(folder: Path = STATIC) -> None:
    """Remove the copies of earlier versions that no dashboard has published or kept young for a week.

    Younger ones may be those of another version that is running beside this one.
    """
    with suppress(OSError):  # there is no folder yet
        for path in folder.iterdir():
            with suppress(OSError):  # another process was faster, or it belongs to another user
                old = path not in _in_use and time() - path.stat().st_mtime > WEEK
                if old and _PUBLISHED.fullmatch(path.name):
                    path.unlink()


def keep_young() -> None:
    """Tell dashboards that start later that this one needs what it has published; once a day will do."""
    for path in list(_in_use):
        with suppress(OSError):
            os.utime(path)
