"""What must be said beside runs and their figures, so that nobody takes them for what they are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autoenc.numerals import counted, duration, listed, out_of, setting, short, smaller
from autoenc.recipes import RECIPES, Recipe, recipe
from autoenc.schema import MODEL_NAMES, Run

EARLIER_TEST_CLAUSE = (  # of runs that stand beside others
    "tested by an earlier version, which used different test noise for each model: a difference of one "
    "percent means nothing. To compare exactly, delete the run and train it again."
)
EARLIER_MARK = "(+)"  # beside the figures of one
EARLIER_NOTE = f"{EARLIER_MARK} T{EARLIER_TEST_CLAUSE[1:]}"
MAX_NAMED = 3  # epochs; of more only their number


def remarks(run: Run) -> tuple[str, ...]:
    """A sentence or two each; nothing of a run whose figures stand for themselves."""
    return tuple(
        filter(None, (_tests(run), _standstill(run), _bytes_count(run), _prior(run), _collapse(run)))
    )


def code_remark(run: Run) -> str:
    """`Each image of 784 pixels is drawn again from 32 numbers: 24.5 times smaller.`

    Of a model that is trained for few bytes: `... from 48 whole numbers in about 13.8 bytes: 56.8 times
    smaller.`
    """
    numbers, ratio = counted(run.model.n_latents, "number"), run.model.n_pixels / run.model.n_latents
    if run.code_bytes is not None:
        whole = counted(run.model.n_latents, "whole number")
        numbers = f"{whole} in about {short(run.code_bytes, 3)} bytes"
        ratio = run.model.n_pixels / max(run.code_bytes, 0.01)
    return f"Each image of {run.model.n_pixels:,} pixels is drawn again from {numbers}: {smaller(ratio)}."


def _bytes_count(run: Run) -> str:
    """What the loss that is shown leaves out."""
    weight = run.config.rate_weight
    if weight is None:
        return ""
    return (
        f"Trained for few bytes: MSE + {setting(weight)} x bits per pixel. The losses shown are the MSE; the "
        "training loss contains the noise that stands for rounding."
    )


def _prior(run: Run) -> str:
    """What the loss that is shown leaves out."""
    if not run.config.kind.has_prior:
        return ""
    weight = "" if run.config.beta == 1 else f"{setting(run.config.beta)} x "
    return (
        f"Trained with the squared error of an image + {weight}KL. The losses shown are the MSE: of the mean "
        "code in the test, of randomly drawn codes in training."
    )


def _collapse(run: Run) -> str:
    """`12 of 32 code values carry nothing: ...`; empty before the first epoch has ended, or if all count."""
    n, n_active = run.model.n_latents, run.epochs[-1].n_active if run.epochs else None
    if n_active is None or n_active == n:
        return ""
    carry = "carries" if n - n_active == 1 else "carry"
    idle = f"{out_of(n - n_active, n, 'code value')} {carry} nothing"
    return f"{idle}: the same for every image (posterior collapse). A smaller beta lets the code carry more."


def _tests(run: Run) -> str:
    """Where it was tested on noisy images that other models were not given."""
    n, n_epochs = run.earlier_tests, len(run.epochs)
    if not n:
        return ""
    noise = "noisy test images that an earlier version made only for this model"
    care = "compared with other runs, a difference of one percent in the test error means nothing"
    if n >= n_epochs:
        return f"Measured on {noise}: {care}. To compare exactly, delete this run and train it again."
    which = "Epoch 1 was" if n == 1 else f"Epochs 1 to {n} were"
    return f"{which} tested on {noise}: {care}. Later epochs use the same images as all other models."


def compared(runs: Mapping[str, Run]) -> str:
    """Which of these runs, by their names, have test errors that others are not quite comparable with."""
    names = [
        name if run.earlier_test else f"{name} (its first epochs)"
        for name, run in runs.items()
        if run.earlier_tests
    ]
    return f"{listed(names)}: {EARLIER_TEST_CLAUSE}" if names else ""


def _standstill(run: Run) -> str:
    """Where the process did not work."""
    still = [(i, epoch.stood_still) for i, epoch in enumerate(run.epochs, 1) if epoch.stood_still]
    if not still:
        return ""
    numbers = [str(i) for i, _ in still]
    which = f"epoch {numbers[0]}" if len(still) == 1 else f"epochs {listed(numbers)}"
    if len(still) > MAX_NAMED:
        which = counted(len(still), "epoch")
    total = duration(sum(seconds for _, seconds in still))
    left_out = "" if len(still) == len(run.epochs) else "; the speed is measured over the other epochs"
    return (
        f"The process was paused for {total} during {which} (a closed lid, a stopped program): "
        f"that time is not counted{left_out}."
    )


def shared_settings(models: Iterable[str], *, rated: bool = False) -> str:
    """What a sweep over these models says of its settings; empty where they suit every one of them.

    Args:
        rated: its runs are trained for few bytes, for which all models have the same recipe.
    """
    if rated:
        return ""
    models = tuple(models)
    shared = recipe(models)
    alone = [model for model in models if RECIPES[model] != shared]
    if not alone:
        return ""
    starts = "; ".join(
        f"on its own, {MODEL_NAMES[model]} starts with {_recipe_caption(RECIPES[model])}" for model in alone
    )
    return f"Models in one sweep share their settings; {starts}."


def _recipe_caption(recipe: Recipe) -> str:
    """`2 layers and a learning rate of 0.004 that decays to zero`."""
    rate = f"a learning rate of {setting(recipe.learning_rate)}{' that decays to zero' * recipe.decays}"
    return f"{counted(recipe.layers, 'layer')} and {rate}"
