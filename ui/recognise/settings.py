"""What the visitor looks at on the page of recognition, and its address."""

from __future__ import annotations

from autoenc import recipes
from autoenc.schema import RECOGNISER_BOUNDS, Noise, RecogniserConfig
from ui.core import catalogue
from ui.core.links import Address, Param, flag, held, one_of, whole
from ui.core.values import Value
from ui.widgets.training_settings import DATASET, setting

# The tabs, as they stand in a link and on the page.
VIEWS = {
    "readable": "Can it still be read?",
    "training": "Training",
    "sure": "As sure as right?",
    "code": "Does the code know the class?",
}

NOISY = Value("recogniser_noisy", False)  # whether it learns from noisy images
EPOCHS = Value("recogniser_epochs", 0)  # 0: as many as suit the data set
_EPOCHS_OF = Value[str | None]("recogniser_epochs_of", None)  # the data set for which they were chosen
TAB = Value("recognise_view", VIEWS["readable"])
LOG_SIZE = Value("recognise_log_size", True)
PROBED = Value[str | None]("probed", None)  # the run whose epochs are looked at


def suit_epochs(dataset: str, usual: int) -> None:
    """Before their widget is drawn: as many as suit this data set, unless they were chosen for it."""
    if EPOCHS.get() == 0 or _EPOCHS_OF.get() not in (None, dataset):
        EPOCHS.put(usual)
    _EPOCHS_OF.put(dataset)


def config() -> RecogniserConfig:
    """The recogniser that the controls describe."""
    noise: Noise | None = recipes.recogniser_noise() if NOISY.get() else None
    usual = recipes.recogniser_config(catalogue.info_of(DATASET.get()), noise=noise)
    n_epochs = min(EPOCHS.get(), RECOGNISER_BOUNDS["epochs"][1]) or usual.epochs
    return RecogniserConfig(usual.dataset, n_epochs, noise, usual.seed)


def _take_epochs(text: str) -> None:
    """Those of the address were chosen, whatever data set it names."""
    EPOCHS.put(whole("epochs", text, RECOGNISER_BOUNDS["epochs"][1]))
    _EPOCHS_OF.forget()


RECOGNISE = Address(
    (
        setting("dataset"),
        flag("noisy", NOISY),
        Param("epochs", (EPOCHS,), _take_epochs, lambda: str(EPOCHS.get()) if EPOCHS.get() else None),
        one_of("view", TAB, VIEWS),
        flag("log_size", LOG_SIZE),
        held("model", PROBED, str),
    )
)
