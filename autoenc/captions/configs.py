"""Settings in words: of a run, of several, of a sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from autoenc import datasets
from autoenc.numerals import counted, listed, setting
from autoenc.recipes import PLAIN, RATED
from autoenc.schema import MODEL_KINDS, MODEL_NAMES, Noise, Sweep, Swept, TrainConfig
from autoenc.setting_words import layers_text, setting_words
from autoenc.setting_words import noise_caption as noise_caption
from autoenc.setting_words import noise_name as noise_name


def title(config: TrainConfig) -> str:
    """All in one line: `MLP, latent size 32, 1 layer, MNIST handwritten digits`."""
    stride = f", stride {config.stride}" if config.kind.has_stride else ""
    noise = f", {noise_caption(config.noise)}" if config.noise else ""
    rated = f", {setting_words(config)['rate_weight']}" if config.rate_weight else ""
    beta = f", {setting_words(config)['beta']}" if "beta" in _unusual(config) else ""
    return (
        f"{MODEL_NAMES[config.model]}, latent size {config.latent_size:,}, "
        f"{layers_text(config.layers)}{stride}{rated}{beta}{noise}, {datasets.title(config.dataset)}"
    )


def every_setting(config: TrainConfig, sizes: Sequence[int] = ()) -> str:
    """What decides the result, what is usual left out: `MNIST, MLP, 32 numbers, 10 epochs, seed 0`.

    Args:
        sizes: of several runs that differ only in their latent size: `8 sizes from 1 to 128`.
    """
    size = _span(sizes) if sizes else counted(config.latent_size, config.kind.code_unit)
    return ", ".join(
        [
            *(datasets.short_title(config.dataset), MODEL_NAMES[config.model], size),
            *_training(config, with_stride=config.kind.has_stride, with_beta=config.kind.has_prior),
        ]
    )


def every_setting_of_sweep(sweep: Sweep) -> str:
    """`MNIST, MLP and Conv, 8 sizes from 1 to 128, 10 epochs, seed 0`."""
    kinds = [MODEL_KINDS[name] for name in sweep.models]
    settings = _training(
        replace(sweep.base, layers=TrainConfig.layers),
        {one.field: _values(sweep, one) for one in sweep.swept},
        with_stride=any(kind.has_stride for kind in kinds),
        with_beta=any(kind.has_prior for kind in kinds),
    )
    return ", ".join([datasets.short_title(sweep.base.dataset), _models(sweep), _sizes(sweep), *settings])


def short(config: TrainConfig) -> str:
    """One of a sweep's runs: `MLP 32`, `Conv 16, 2 layers`, `MLP 48, few bytes (0.04)`."""
    return _short(config, _unusual(config))


def short_names(configs: Sequence[TrainConfig]) -> tuple[str, ...]:
    """`short` of each, with the epochs where these tell apart what else has one name: `MLP 48, 30 epochs`."""
    names = [(config.dataset, short(config)) for config in configs]
    lengths: dict[tuple[str, str], set[int]] = {}
    for name, config in zip(names, configs, strict=True):
        lengths.setdefault(name, set()).add(config.epochs)
    return tuple(
        _short(config, _unusual(config) | ({"epochs"} if len(lengths[name]) > 1 else set()))
        for name, config in zip(names, configs, strict=True)
    )


def family(config: TrainConfig) -> str:
    """Runs of all sizes: `MLP, 2 layers`."""
    return f"{MODEL_NAMES[config.model]}, {layers_text(config.layers)}"


def differences(configs: Sequence[TrainConfig]) -> tuple[str, ...]:
    """What tells these settings apart, a few words for each: `MLP 32, 10 epochs`."""
    differing = {f.name for f in fields(TrainConfig) if len({getattr(c, f.name) for c in configs}) > 1}
    return tuple(_short(config, differing - {"model", "latent_size"}) for config in configs)


def in_sweep(config: TrainConfig, sweep: Sweep, *, but: str = "") -> str:
    """`short`, with what else tells the runs of this sweep apart: `MLP 32, learning rate 0.01, seed 1`.

    Args:
        but: a setting that is left out.
    """
    return _short(config, (_unusual(config) | set(_telling(config, sweep))) - {but})


def family_in_sweep(config: TrainConfig, sweep: Sweep) -> str:
    """`family`, with what else tells the runs of this sweep apart: `MLP, 1 layer, seed 1`."""
    return ", ".join([family(config), *(setting_words(config)[name] for name in _telling(config, sweep))])


def _telling(config: TrainConfig, sweep: Sweep) -> list[str]:
    """The settings of which a sweep has several values, but for those that mean nothing to this model."""
    idle = {"stride": not config.kind.has_stride, "beta": not config.kind.has_prior}
    return [one.field for one in sweep.swept if not idle.get(one.field)]


def sweep_title(sweep: Sweep) -> str:
    """`MLP and Conv, 8 sizes from 1 to 128, 3 seeds, 10 epochs, MNIST handwritten digits`."""
    swept = [one.field for one in sweep.swept]
    epochs = [] if "epochs" in swept else [counted(sweep.base.epochs, "epoch")]
    parts = [_models(sweep), _sizes(sweep), *_others(sweep), *epochs, datasets.title(sweep.base.dataset)]
    return ", ".join(parts)


def _others(sweep: Sweep) -> list[str]:
    """`learning rates 0.001 and 0.01`, `3 seeds`."""
    return [
        counted(len(sweep.seeds), "seed") if one.field == "seed" else _values(sweep, one)
        for one in sweep.swept
    ]


def _values(sweep: Sweep, one: Swept) -> str:
    """`learning rates 0.001 and 0.01`, `seeds 0, 1 and 2`."""
    return f"{one.plural.replace('_', ' ')} {listed([value_text(v) for v in getattr(sweep, one.plural)])}"


def value_text(value: float | Noise | None) -> str:
    """One value of a list of settings: `0.01`, `gaussian noise 0.3`, `none`."""
    if value is None:
        return "none"
    if isinstance(value, Noise):
        return noise_caption(value)
    return str(value) if isinstance(value, int) else setting(value)


def planned_sweep(sweep: Sweep, baselines: Sequence[str]) -> str:
    """What there will be to see of a sweep, before it is started.

    Args:
        baselines: titles of those that its runs are compared with.
    """
    n_runs = counted(len(sweep.configs()), "run")
    what = ", ".join([_models(sweep), _sizes(sweep), *_others(sweep)])
    return (
        f"When you start it, a chart of test error against code size grows here: {n_runs} "
        f"({what}), with {' and '.join(baselines)} for comparison."
    )


def _models(sweep: Sweep) -> str:
    return listed([MODEL_NAMES[name] for name in sweep.models])


def _span(sizes: Sequence[int]) -> str:
    """`8 sizes from 1 to 128`, `size 32`."""
    low, high = min(sizes), max(sizes)
    return f"size {low:,}" if len(sizes) == 1 else f"{len(sizes)} sizes from {low:,} to {high:,}"


def _sizes(sweep: Sweep) -> str:
    """`8 sizes from 1 to 128, 1 and 2 layers`."""
    layers = "" if sweep.layers == (1,) else f", {' and '.join(map(str, sorted(sweep.layers)))} layers"
    return f"{_span(sweep.latent_sizes)}{layers}"


def _training(
    config: TrainConfig, swept: Mapping[str, str] = {}, *, with_stride: bool, with_beta: bool
) -> list[str]:
    """Epochs and seed, and which settings are not the usual ones; neither the data set nor the code."""
    words, usual = setting_words(config), setting_words(TrainConfig())
    words |= swept
    if not with_stride:
        del words["stride"]
    if not with_beta:
        del words["beta"]
    if config.train_images and "train_images" not in swept:
        words["train_images"] = counted(config.train_images, "training image")
    always = ("epochs", "seed")
    return [text for field, text in words.items() if field in always or text != usual[field]]


def _unusual(config: TrainConfig) -> set[str]:
    """The settings that belong to a short name, where they are not the usual ones."""
    usual = RATED if config.rate_weight else PLAIN
    unusual = {"layers"} if config.layers != usual.layers else set[str]()
    if config.kind.has_prior and config.beta != TrainConfig.beta:
        unusual |= {"beta"}
    return unusual | ({"rate_weight"} if config.rate_weight else set())


def _short(config: TrainConfig, more: set[str]) -> str:
    words = {"dataset": config.dataset} | setting_words(config)
    name = f"{MODEL_NAMES[config.model]} {config.latent_size:,}"
    return ", ".join([name, *(text for field, text in words.items() if field in more)])
