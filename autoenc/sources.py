"""Which autoenc this is: between two releases the number stays and the sources change."""

from __future__ import annotations

import hashlib
from pathlib import Path

from autoenc import __version__


def fingerprint_of(package: Path) -> str:
    """Of all Python files in a folder, 8 hexadecimal digits; the ends of lines do not count.

    Git writes them as each system likes them: the same commit has other bytes on Windows.
    """
    digest = hashlib.blake2b(digest_size=4)
    for path in sorted(package.rglob("*.py"), key=lambda path: path.relative_to(package).as_posix()):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(package).as_posix()} {len(text)} ".encode() + text)
    return digest.hexdigest()


# Of what this process has loaded, whatever becomes of the files afterwards.
VERSION = f"{__version__}+{fingerprint_of(Path(__file__).parent)}"
