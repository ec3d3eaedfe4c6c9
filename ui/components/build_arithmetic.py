"""Compiles arithmetic.c to WebAssembly, as text in arithmetic_wasm.js: `make wasm`.

The compiler is a wheel with clang in it, in an environment that goes when it is done. The same version makes
the same bytes on any machine. What they were made of stands beside them, so that a test needs no compiler.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import venv
from base64 import b64encode
from pathlib import Path

HERE = Path(__file__).parent
SOURCE, SCRIPT = HERE / "arithmetic.c", HERE / "arithmetic_wasm.js"
COMPILER = "ziglang==0.15.1"
FLAGS = (
    *("-target", "wasm32-freestanding", "-mcpu=mvp+simd128", "-O3", "-s", "-Wall", "-Wextra", "-Werror"),
    *("-nostdlib", "-Wl,--no-entry", "-Wl,--import-memory", "-Wl,--initial-memory=65536"),
    "-Wl,-z,stack-size=0",
)
WIDTH = 100  # letters of a line


def made_of() -> str:
    """A fingerprint of the source, the compiler and what it is told."""
    content = hashlib.blake2b(SOURCE.read_bytes(), digest_size=8)
    content.update(" ".join((COMPILER, *FLAGS)).encode())
    return content.hexdigest()


def compiled() -> bytes:
    """The program; fetches COMPILER, some 100 MB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        python, target = folder / "venv/bin/python", folder / "arithmetic.wasm"
        subprocess.run([python, "-m", "pip", "install", "--quiet", COMPILER], check=True)
        caches = {f"ZIG_{which}_CACHE_DIR": str(folder / "cache") for which in ("GLOBAL", "LOCAL")}
        command = [str(python), "-m", "ziglang", "cc", *FLAGS, "-o", str(target), SOURCE.name]
        subprocess.run(command, cwd=HERE, env=os.environ | caches, check=True)
        return target.read_bytes()


def script(program: bytes) -> str:
    """The text of SCRIPT."""
    # Each line of the program begins with a quote: `inline` takes those that begin with // for comments.
    letters = b64encode(program).decode()
    lines = [f'    "{letters[at : at + WIDTH]}",' for at in range(0, len(letters), WIDTH)]
    head = "// Made of arithmetic.c by `make wasm`; not to be edited. `program` is WebAssembly."
    first = ["const ARITHMETIC = {", f'  madeOf: "{made_of()}",', "  program: ["]
    return "\n".join([head, "", *first, *lines, '  ].join(""),', "};", ""])


if __name__ == "__main__":
    SCRIPT.write_text(script(compiled()), encoding="utf-8")
