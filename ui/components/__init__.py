"""Our browser components: each one .py, one .js and one .css.

What is inline travels in every message, twice a second to every viewer. So the code lies in the folder that
Streamlit serves, where a browser fetches it once, and two lines that fetch it are inline in its place.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import streamlit as st

from autoenc.errors import AutoencError

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"  # beside dashboard.py


def inline(*names: str) -> str:
    """The text of files of this folder, one after the other, without indentation and lines of comment."""
    lines = "\n".join((HERE / name).read_text(encoding="utf-8") for name in names).splitlines()
    return "\n".join(line for line in map(str.strip, lines) if line and not line.startswith(("//", "/*")))


def fetched(name: str, *parts: str) -> str:
    """The JavaScript of a component that fetches that of the parts, and hands everything on to it.

    Raises:
        AutoencError: the static folder cannot be written.
    """
    return (
        f'const code = import(location.origin + "{served(name, *parts)}");\n'  # inline code has no address
        "export default async (given) => (await code).default(given);"
    )


def served(name: str, *parts: str) -> str:
    """The path on the server of one JavaScript file that holds the parts; raises as `publish` does."""
    content = inline(*parts).encode()
    digest = hashlib.blake2b(content, digest_size=4).hexdigest()  # a new text meets no old one in a cache
    return publish(f"{name}-{digest}.js", content)


def publish(name: str, content: bytes, folder: Path = STATIC) -> str:
    """Put a file where Streamlit serves it, unless it is there.

    A copy: Streamlit refuses a link that leaves the folder.

    Returns:
        Its path on the server.
    Raises:
        AutoencError: it is not there and the folder cannot be written.
    """
    target = folder / name
    if not target.is_file() or target.stat().st_size != len(content):
        try:
            _write(target, content)
        except OSError as error:
            raise AutoencError(
                f"the browser needs static/{name}, and the folder cannot be written ({error.strerror}); "
                "make it writable, or start the dashboard once as a user who may write there"
            ) from error
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{base and '/' + base}/app/static/{name}"


def _write(target: Path, content: bytes) -> None:
    """Another process that starts now sees all of it or nothing."""
    target.parent.mkdir(exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=target.stem, suffix=".part", dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(part, 0o644)  # others may read it
    os.replace(part, target)
