"""What the visitor looks at on the page Lab, and its address."""

from __future__ import annotations

from collections import Counter

from autoenc.experiments import EXPERIMENTS, SIZES, LabNow
from ui.core import links
from ui.core.links import Address, one_of
from ui.core.values import Value

# The tabs, as they stand in a link and on the page.
VIEWS = {
    "experiment": "Experiment",
    "all": "All experiments",
    "numbers": "The report's numbers",
    "handout": "Hand-out",
}
KEYS = tuple(one.key for one in EXPERIMENTS)
# Who has chosen none sees the images, which are always there; once the lab is done, what its report asks most
# loudly: why its loss is twelve times ours.
FIRST, TELLING = KEYS[0], "mlp-curves"

SIZE = Value("lab_size", next(iter(SIZES)))
EXPERIMENT = Value("experiment", "")  # empty: nobody has chosen
VIEW = Value("lab_view", VIEWS["experiment"])

LAB = Address(
    (
        one_of("size", SIZE, tuple(SIZES)),
        one_of("experiment", EXPERIMENT, KEYS),
        one_of("view", VIEW, VIEWS),
    )
)


def chosen(latest: LabNow) -> str:
    """The experiment that is shown, which is chosen from now on."""
    if not (key := EXPERIMENT.get()):
        key = TELLING if latest.is_done else FIRST
        EXPERIMENT.put(key)
    return key


def show(key: str) -> None:
    """Before the page is drawn: another experiment."""
    EXPERIMENT.put(key)
    VIEW.put(VIEWS["experiment"])


def beside(key: str, step: int) -> str | None:
    """The experiment before (-1) or after it (1); None: there is none."""
    at = KEYS.index(key) + step
    return KEYS[at] if 0 <= at < len(KEYS) else None


def remember() -> None:
    """Before a part of the page is drawn again by itself."""
    links.remember(LAB.params)


def _short_names() -> dict[str, str]:
    """`2.4`; of several with one number `6 (2)`."""
    n_of, seen = Counter(one.number for one in EXPERIMENTS), Counter[str]()
    names = {}
    for one in EXPERIMENTS:
        seen[one.number] += 1
        names[one.key] = one.number + (f" ({seen[one.number]})" if n_of[one.number] > 1 else "")
    return names


SHORT_NAMES = _short_names()  # for a presenter
