"""From an experiment to the page that does it, set up as the lab does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from autoenc import sweeps
from autoenc.errors import AutoencError
from autoenc.experiments import ExperimentNow, Lab, LabNow, settings
from autoenc.schema import DatasetInfo, Sweep, TrainConfig
from autoenc.sweeps import SavedSweep
from ui import registry
from ui.core import catalogue, links, sessions
from ui.widgets.training_settings import SETTINGS

Link = dict[str, str]


@dataclass(frozen=True)
class Here:
    """What a link is made of."""

    lab: Lab
    finished: frozenset[str]  # run_ids, those of the examples too

    def run(self, config: TrainConfig) -> str | None:
        """The finished run of these settings; None: there is none, or its images are not here."""
        fingerprint = catalogue.fingerprint_of(config.dataset)
        run_id = config.run_id(fingerprint) if fingerprint is not None else None
        return run_id if run_id in self.finished else None


def to_its_page(latest: LabNow, now: ExperimentNow) -> None:
    """A link; of a page that is not there yet a word."""
    pages = {page.address: page for page in registry.PAGES}
    page = pages.get(now.experiment.page)
    if page is None:
        st.caption("Its page is not there yet.")
        return
    links.link_to(page.address, f"On the page {page.title}", ":material/arrow_outward:", address(latest, now))


def address(latest: LabNow, now: ExperimentNow) -> Link:
    """What the address of its page says; nothing where its images are not here."""
    if now.missing:
        return {}
    here = Here(latest.lab, frozenset(run.run_id for run in sessions.runs_to_show() if run.finished))
    make = _LINKS.get(now.experiment.key)
    return make(here) if make is not None else {}


# ---------------------------------------------------------------- Train


def _training(config: TrainConfig, here: Here) -> Link:
    """Its run, or the settings to train it with."""
    run_id = here.run(config)
    return {"run": run_id} if run_id is not None else _settings(config)


def _settings(config: TrainConfig) -> Link:
    usual = TrainConfig(config.dataset)
    values = {name: getattr(config, name) for name in SETTINGS}
    always = ("dataset", "model", "latent_size", "epochs")
    return {
        name: str(value) for name, value in values.items() if name in always or value != getattr(usual, name)
    }


def _train(choose: Callable[[Lab], Sequence[TrainConfig]], *, first: bool = False) -> Callable[[Here], Link]:
    """The last of these models, or the first."""
    return lambda here: _training(choose(here.lab)[0 if first else -1], here)


def _images(choose: Callable[[Lab], DatasetInfo], **more: str) -> Callable[[Here], Link]:
    return lambda here: {**more, "dataset": choose(here.lab).name}


# ---------------------------------------------------------------- Sweep


def _sweep(choose: Callable[[Lab], Sequence[TrainConfig]], **more: str) -> Callable[[Here], Link]:
    """These runs as one sweep; before any of them is trained, its settings."""
    return lambda here: more | _sweep_of(choose(here.lab), here)


def _sweep_of(configs: Sequence[TrainConfig], here: Here) -> Link:
    models, sizes, layers = (
        tuple(dict.fromkeys(getattr(config, name) for config in configs))
        for name in ("model", "latent_size", "layers")
    )
    sweep = Sweep(configs[0], models, tuple(sorted(sizes)), layers)
    if any(here.run(config) for config in configs):
        with suppress(AutoencError):  # a folder that cannot be written to: then the settings
            return {"sweep": _saved(sweep, configs)}
    shared = _settings(sweep.base)
    lists = {"models": models, "latent_sizes": sizes, "layers": layers}
    return {
        **{name: text for name, text in shared.items() if name not in ("model", "latent_size", "layers")},
        **{name: ",".join(map(str, values)) for name, values in lists.items()},
    }


def _saved(sweep: Sweep, configs: Sequence[TrainConfig]) -> str:
    """The sweep_id under which the page Sweep finds these runs.

    Raises:
        AutoencError: it cannot be saved, or its images are not here.
    """
    fingerprint = catalogue.fingerprint_of(sweep.base.dataset) or ""
    run_ids = tuple(config.run_id(fingerprint) for config in configs)
    saved = SavedSweep(sweep, fingerprint, run_ids, wanted=False, asked=False)
    if sweeps.find(saved.sweep_id) is None:
        sweeps.save(saved)
    return saved.sweep_id


# ---------------------------------------------------------------- the other pages


def _denoise(here: Here) -> Link:
    runs = {"plain": settings.plain(here.lab), "denoiser": settings.denoiser(here.lab)}
    ids = {name: run_id for name, config in runs.items() if (run_id := here.run(config)) is not None}
    return {"noise": f"{settings.NOISE}:{settings.MODERATE}", "dataset": here.lab.grey.name, **ids}


def _picture(here: Here) -> Link:
    run_id = here.run(settings.grey(here.lab, "mlp", 512)[0])
    return {"from": "example"} | ({"runs": run_id} if run_id is not None else {})


def _harder(here: Here) -> Link:
    return {"part": "harder", "colour": here.lab.colour.name, "grey": here.lab.grey.name}


def _recognise(here: Here) -> Link:
    config = settings.reader(here.lab)
    return {"dataset": config.dataset, "epochs": str(config.epochs), "view": "readable"}


def _compress(here: Here) -> Link:
    runs = [run_id for config in settings.weighed(here.lab) if (run_id := here.run(config)) is not None]
    return {"view": "rates"} | ({"run": runs[len(runs) // 2]} if runs else {})


_LINKS: Mapping[str, Callable[[Here], Link]] = {
    "images": _images(lambda lab: lab.grey),
    "mlp-model": _train(lambda lab: settings.grey(lab, "mlp", 1)),
    "mlp-curves": _train(lambda lab: settings.grey(lab, "mlp", 1, 128)),
    "mlp-images": _train(lambda lab: settings.grey(lab, "mlp", 1, 128)),
    "mlp-sizes": _sweep(settings.mlp_sizes),
    "foreign": _picture,
    "conv-model": _train(lambda lab: settings.grey(lab, "conv", 1)),
    "conv-curves": _train(settings.conv_curves, first=True),
    "conv-images": _train(lambda lab: settings.grey(lab, "conv", 1, 128)),
    "conv-sizes": _sweep(settings.conv_sizes),
    "times": _sweep(settings.all_sizes),
    "layers": _sweep(settings.one_and_two_layers),
    "noise": _denoise,
    "colour-images": _images(lambda lab: lab.colour, part="train"),
    "colour-reconstructions": lambda here: {
        "part": "train",
        **_training(settings.colour(here.lab, "mlp", 128)[0], here),
    },
    "colour-curves": _sweep(settings.colour_sizes, part="sweep"),
    "deeper": _sweep(settings.deeper),
    "longer": _train(lambda lab: settings.longer(lab)[:2]),
    "hundred": lambda here: {"part": "train", **_training(settings.hundred(here.lab)[-1], here)},
    "recogniser": _recognise,
    "second": _harder,
    "bytes": _compress,
}
