"""`data`: the data sets are listed and downloaded."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from tqdm import tqdm

from autoenc import datasets
from autoenc.cli.printing import Commands, add_command, table
from autoenc.jobs import DownloadJob
from autoenc.schema import Download


def add_to(commands: Commands) -> None:
    data = commands.add_parser("data", help="the data sets").add_subparsers(required=True, metavar="WHAT")
    add_command(data.add_parser("list", help="what is known and what is here"), list_data)
    download = data.add_parser("download", help="bring a data set to this machine")
    download.add_argument("name", metavar="NAME")
    download.set_defaults(command=download_data)


def list_data(chosen: argparse.Namespace) -> None:
    infos = datasets.catalogue()
    if chosen.json:
        print(json.dumps([asdict(info) for info in infos], indent=1))
        return
    rows = (
        (i.name, "here" if i.present else "to download", f"{i.n_train:,} + {i.n_test:,}", i.source)
        for i in infos
    )
    print(table(("data set", "where", "images", "source"), rows))


def download_data(chosen: argparse.Namespace) -> None:
    datasets.check_name(chosen.name)
    with tqdm(unit="B", unit_scale=True, disable=not sys.stderr.isatty(), leave=False) as bar:
        for record in DownloadJob(chosen.name).run():
            if isinstance(record, Download):
                bar.total = record.n_bytes_total or None
                bar.update(record.n_bytes - bar.n)
    print(f"{chosen.name} is here")
