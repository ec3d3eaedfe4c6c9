"""`autoenc dashboard`: Streamlit takes the place of this process."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from importlib.util import find_spec

from autoenc.errors import AutoencError
from autoenc.places import dashboard_script, is_installed

NEEDED = ("streamlit", "starlette", "uvicorn", "segno")  # by the dashboard alone


def dashboard(args: Namespace) -> None:
    """Start the dashboard with these options of `streamlit run`; does not come back.

    Raises:
        AutoencError: it is not here, or what it needs is not installed.
    """
    script = dashboard_script()
    if not script.is_file():
        raise AutoencError(f"there is no dashboard at {script}; install autoenc with pip on this machine")
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        cure = "pip install 'autoenc[dashboard]'" if is_installed() else "pip install -r requirements.txt"
        raise AutoencError(f"the dashboard needs {', '.join(missing)}; install it with: {cure}")
    # -P: a folder `autoenc` or `ui` in the current folder is not ours. Streamlit adds that of the script.
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(script), *args.options]
    if os.name == "nt":  # there it would not take our place: the prompt would come back at once
        sys.exit(code_of(command))
    os.execv(sys.executable, command)


def code_of(command: list[str]) -> int:
    """The exit code of a child, which Ctrl-C ends and not us."""
    with subprocess.Popen(command) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the console has told the child, too, which ends in its own way
                continue
