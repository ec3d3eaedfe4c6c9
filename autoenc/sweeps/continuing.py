"""Runs of a sweep that continue shorter ones of it: of 10 and of 20 epochs, 20 are trained and not 30."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

from autoenc.schema import TrainConfig


def continued_epochs(configs: Iterable[TrainConfig]) -> Mapping[TrainConfig, int]:
    """How many epochs the longest of the shorter runs leaves each to continue from; only runs that have one.

    The sessions begin a run only when the shorter ones ahead of it have ended.
    """
    alike: dict[TrainConfig, list[TrainConfig]] = {}
    for config in configs:
        alike.setdefault(replace(config, epochs=1), []).append(config)
    found = dict[TrainConfig, int]()
    for several in alike.values():
        by_length = sorted(several, key=lambda config: config.epochs)
        found |= {longer: shorter.epochs for shorter, longer in pairwise(by_length)}
    return found
