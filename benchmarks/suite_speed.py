"""Seconds of each file of tests, as a table: python -m benchmarks.suite_speed FILE

The file is written by: make test ARGS="--junitxml FILE".
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from xml.etree import ElementTree


def seconds_by_file(path: str) -> tuple[Counter[str], dict[str, float]]:
    """How many tests each file has, and how long they took with their fixtures."""
    n_tests, seconds = Counter[str](), defaultdict[str, float](float)
    for case in ElementTree.parse(path).iter("testcase"):
        file = case.attrib["classname"].removeprefix("tests.").replace(".", "/")
        n_tests[file] += 1
        seconds[file] += float(case.attrib["time"])
    return n_tests, seconds


def main() -> None:
    n_tests, seconds = seconds_by_file(sys.argv[1])
    print("| file | tests | seconds |\n|---|---|---|")
    for file, took in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"| `{file}` | {n_tests[file]} | {took:.1f} |")
    print(f"| all | {n_tests.total()} | {sum(seconds.values()):.1f} |")


if __name__ == "__main__":
    main()
