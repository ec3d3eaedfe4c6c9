"""The page of noise: what the visitor looks at, what is compared, what becomes of it."""

from __future__ import annotations

from dataclasses import replace

from autoenc import datasets, recipes
from autoenc.errors import ConfigError
from autoenc.schema import CLASSICAL_METHODS, NOISES, Noise
from ui.core.catalogue import is_present
from ui.core.links import Address, Param, flag, held, number, one_of, parts
from ui.core.sessions import runs_to_show, snapshot
from ui.core.values import Value
from ui.run.selection import VIEW
from ui.widgets.training_settings import DATASET, setting

N_IMAGES = 16  # that are looked at
# What is asked of the test set, as it stands in a link and on its tab.
QUESTIONS = {
    "where": "Where does it help?",
    "sizes": "Which code size?",
    "matrix": "Training noise vs. test noise",
    "readable": "Can it be read?",
}
# What a presenter shows one by one.
PRESENTED = {"pictures": "Pictures", **QUESTIONS}

KIND = Value("denoise_kind", recipes.NOISE)  # of noise
LEVEL = Value[float | None]("denoise_level", None)  # where the slider rests
PLAIN = Value[str | None]("plain", None)  # a run_id
DENOISER = Value[str | None]("denoiser", None)  # a run_id
METHODS = Value("methods", [*recipes.USUAL_METHODS])  # classical ones
FIRST_IMAGE = Value("first image", 0)  # of those that are looked at
NOISE_SEED = Value("noise seed", 0)
QUESTION = Value("questions", QUESTIONS["where"])
SHOWN = Value("denoise_shown", "pictures")  # by a presenter
SPREAD = Value("noise_spread", False)
READ_BY = Value("read_by", "clean")  # what the recogniser has learnt from
IN_TRAINING = Value[str | None]("in training", None)  # a run that was started on this page


def noise_level() -> float:
    """Where the slider rests."""
    level = LEVEL.get()
    return min(NOISES[KIND.get()].most, recipes.noise_level(KIND.get()) if level is None else level)


def denoise_kind_changed() -> None:
    """Another kind of noise: a level that suits it."""
    LEVEL.put(recipes.noise_level(KIND.get()))


def first_image(n_test: int) -> int:
    """The number of the first test image that is looked at, of `n_test`."""
    return min(FIRST_IMAGE.get(), max(0, n_test - N_IMAGES))


def next_images(n_test: int) -> None:
    FIRST_IMAGE.put((first_image(n_test) + N_IMAGES) % max(1, n_test - N_IMAGES + 1))


def new_noise() -> None:
    NOISE_SEED.put(NOISE_SEED.get() + 1)


# ---------------------------------------------------------------- the address


def _take_noise(text: str) -> None:
    kind, _, level = text.partition(":")
    if kind in NOISES and level == "0":  # what the slider knows, and a model cannot be trained for
        KIND.put(kind)
        LEVEL.put(0.0)
        return
    noise = Noise.parse(text[:100])
    KIND.put(noise.kind)
    LEVEL.put(float(noise.level))


def _methods(text: str) -> list[str]:
    methods = parts(text, most=200)
    for method in methods:
        if method not in CLASSICAL_METHODS:
            raise ConfigError(f"unknown method {method[:40]!r}; known: {', '.join(CLASSICAL_METHODS)}")
    return methods


def _take_run(value: Value[str | None], run_id: str) -> None:
    """Choose it, where it suits what the address has asked for before."""
    dataset = DATASET.get()
    run = next((run for run in runs_to_show() if run.run_id == run_id), None)
    if run is None:
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine")
    if dataset not in (None, run.config.dataset):
        raise ConfigError(f"run {run_id} was trained on {run.config.dataset}, not on {dataset}")
    if is_present(run.config.dataset) and datasets.load(run.config.dataset).fingerprint != run.fingerprint:
        raise ConfigError(f"run {run_id} was trained on other images of {run.config.dataset} than are here")
    if (run.config.noise is None) != (value is PLAIN):
        trained = "clean" if run.config.noise is None else "noisy"
        raise ConfigError(f"run {run_id} was trained on {trained} images; it cannot be the {value.key} one")
    if not run.finished:
        raise ConfigError(f"run {run_id} is not finished; train it to the end first")
    noise = run.config.noise
    if noise is not None and noise.kind != KIND.get():
        if LEVEL.is_set:
            raise ConfigError(f"run {run_id} removes {noise.kind} noise; choose that noise to see it")
        KIND.put(noise.kind)
    value.put(run_id)
    DATASET.put(run.config.dataset)


def _take_training(run_id: str) -> None:
    latest = snapshot(run_id)
    if latest is None or (latest.run is None and latest.value is not None):
        raise ConfigError(f"run {run_id[:80]!r} is not on this machine")
    IN_TRAINING.put(run_id)


def _noise_text() -> str:
    level = noise_level()
    return str(Noise(KIND.get(), level)) if level else f"{KIND.get()}:0"


def _model(value: Value[str | None]) -> Param:
    return Param(value.key, (value,), lambda run_id: _take_run(value, run_id), value.get)


def _beside_training(param: Param) -> Param:
    """A run is seen on this page while it is trained here."""
    return replace(param, text=lambda: param.text() if IN_TRAINING.get() else None)


# Each must suit those before it.
_PARAMS = (
    Param("noise", (KIND, LEVEL), _take_noise, _noise_text),
    setting("dataset"),
    _model(PLAIN),
    _model(DENOISER),
    Param("training", (IN_TRAINING,), _take_training, IN_TRAINING.get),
    held("methods", METHODS, _methods, ",".join),
    number("images", FIRST_IMAGE),
    number("draw", NOISE_SEED),
    one_of("question", QUESTION, QUESTIONS),
    one_of("show", SHOWN, list(PRESENTED)),
    flag("spread", SPREAD),
    one_of("read_by", READ_BY, ("clean", "noisy")),
    *map(_beside_training, VIEW),
)
DENOISE = Address(_PARAMS)
