"""Options of the command that starts the dashboard, and of the program itself."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from autoenc.cli import commands
from autoenc.cli.arguments.adding import Subparsers


class _Version(argparse.Action):
    """Prints it and ends the program; the sources are read only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from autoenc.sources import VERSION

        print(f"autoenc {VERSION}")
        parser.exit()


class _Options(argparse.Action):
    """All that follows, and whoever asks for help has ours: `streamlit run --help` has Streamlit's."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        options = list(values or ())
        if {"-h", "--help"} & set(options):
            parser.print_help()
            parser.exit()
        namespace.options = options


def add_version(top: argparse.ArgumentParser) -> None:
    top.add_argument(
        "--version", action=_Version, nargs=0, help="print the version: its number and a hash of the sources"
    )


def add_dashboard(subparsers: Subparsers) -> None:
    # No argument begins with this letter: those that look like options are Streamlit's.
    parser = subparsers.add_parser(
        "dashboard", help="start the dashboard in this place", prefix_chars="\0", add_help=False
    )
    parser.add_argument(
        "options",
        action=_Options,
        nargs="*",
        metavar="STREAMLIT_OPTION",
        help="options of `streamlit run`, such as --server.port 8600",
    )
    parser.set_defaults(command=commands.dashboard)
