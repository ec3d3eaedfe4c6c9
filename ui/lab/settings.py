"""What the visitor looks at on the page Lab, and its address."""

from __future__ import annotations

from autoenc.experiments import EXPERIMENTS, SIZES
from ui.core.links import Address, one_of
from ui.core.values import Value

# The tabs, as they stand in a link and on the page.
VIEWS = {"experiment": "Experiment", "numbers": "The report's numbers", "handout": "Hand-out"}
TITLES = {one.key: one.title for one in EXPERIMENTS}

SIZE = Value("lab_size", next(iter(SIZES)))
EXPERIMENT = Value("experiment", next(iter(TITLES)))
VIEW = Value("lab_view", VIEWS["experiment"])

LAB = Address(
    (
        one_of("size", SIZE, tuple(SIZES)),
        one_of("experiment", EXPERIMENT, tuple(TITLES)),
        one_of("view", VIEW, VIEWS),
    )
)
