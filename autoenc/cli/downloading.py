"""`data download`: a published data set is brought to this machine."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from tqdm import tqdm

from autoenc import datasets
from autoenc.jobs import DownloadJob
from autoenc.schema import Download


def download_data(args: argparse.Namespace) -> None:
    datasets.check_name(args.name)
    with tqdm(unit="B", unit_scale=True, disable=not sys.stderr.isatty(), leave=False) as bar:
        for record in DownloadJob(args.name).run():
            if isinstance(record, Download):
                bar.total = record.n_bytes_total or None
                bar.update(record.n_bytes - bar.n)
    if args.json:
        print(json.dumps(asdict(datasets.info(args.name)), indent=1))
    else:
        print(f"{args.name} is here")
