"""How long a command takes to answer: `python -m benchmarks.command_line [--runs N] [--json FILE]`.

Medians of whole processes, from their start to their end, with what Python, NumPy and PyTorch take to load in
the same minutes. The data folder is empty: one of many pictures adds 6 microseconds a picture to `data list`.
The exit status is 1 where `--help`, `runs list` or `data list` takes MAX_RATIO times that of NumPy.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.many_runs import fill

TIMES = 7
MAX_RATIO = 4.0
LISTS = ("--help", "runs list", "data list")
COMMANDS = (*LISTS, "train --help", "runs list --json", "runs table")
IMPORTS = ("pass", "import numpy", "import torch")


def seconds(arguments: list[str], env: dict[str, str]) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, *arguments], env=env, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - began


def measured(n_runs: int) -> dict[str, float]:
    """Seconds of each command and import; the first look at a folder stands for itself."""
    with tempfile.TemporaryDirectory() as name:
        folders = {f"AUTOENC_{what}_DIR": str(Path(name, what)) for what in ("CHECKPOINT", "CACHE", "DATA")}
        env = {**os.environ, **folders}
        runs = Path(folders["AUTOENC_CHECKPOINT_DIR"])
        runs.mkdir()
        fill(runs, n_runs)
        parts = {f"python -c '{code}'": ["-c", code] for code in IMPORTS}
        parts |= {f"autoenc {command}": ["-m", "autoenc", *command.split()] for command in COMMANDS}
        first = seconds(parts["autoenc runs list"], env)
        for warm_up in parts.values():  # from the disk into memory
            seconds(warm_up, env)
        times = {part: list[float]() for part in parts}
        for _ in range(TIMES):  # in turns: whatever else the machine does falls on all of them
            for part, arguments in parts.items():
                times[part].append(seconds(arguments, env))
        return {part: median(each) for part, each in times.items()} | {"autoenc runs list, first": first}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    values = measured(args.runs)
    numpy = values["python -c 'import numpy'"]
    print(f"{args.runs:,} runs; seconds, and how many times those of `import numpy`")
    for name, value in values.items():
        print(f"{name:28} {value:6.2f} {value / numpy:6.1f}")
    if args.json:
        args.json.write_text(json.dumps(values, indent=1))
    return int(any(values[f"autoenc {command}"] >= MAX_RATIO * numpy for command in LISTS))


if __name__ == "__main__":
    sys.exit(main())
