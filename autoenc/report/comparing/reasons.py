"""Why a number of the report differs from ours, in sentences; what is not known is called so."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autoenc import lab
from autoenc.captions import configs
from autoenc.experiments import settings
from autoenc.lab import RunNumber
from autoenc.numerals import counted, listed, short, smaller
from autoenc.report.results import Results
from autoenc.schema import RunSummary, TrainConfig

REPORT_EPOCHS = TrainConfig.epochs

OTHER_MACHINE = (
    "The report's seconds are of another machine, and its loop most likely loads each batch anew; "
    "this program keeps all images in memory."
)
NO_SINGLE_CAUSE = (
    "No single one of larger batches, a smaller learning rate or fewer training images gives both of the "
    "numbers that the report prints for the MLP."
)
NO_STRIDE = "The report prints neither the stride nor the padding of its convolutions."


def conditions(run: RunSummary, n_train: int) -> str:
    """What of ours is not as the report had it; empty: nothing. How much it is stands with every figure."""
    fewer = ["training images"] * (run.n_train_images < n_train) + ["epochs"] * (
        run.config.epochs < REPORT_EPOCHS
    )
    return f"Ours has fewer {listed(fewer)}." if fewer else ""


def of_run(number: RunNumber, run: RunSummary, results: Results) -> str:
    """Of a number that belongs to one model."""
    match number.measure:
        case "seconds":
            reason = f"{OTHER_MACHINE} {circumstances(run)}"
        case "test_loss":
            reason = _sum_over_batches(number, run)
        case _ if run.config.model == "mlp":
            reason = _mlp(number, run, results)
        case _:
            reason = convolution(number.printed, run, results)
    return _joined(conditions(run, results.lab.grey.n_train), reason) or "Why is not known."


def of_time(says: str, run: RunSummary, n_train: int) -> str:
    """Of a time of several models; `run` stands for them."""
    return _joined(conditions(run, n_train), says, OTHER_MACHINE)


def circumstances(run: RunSummary) -> str:
    """`Ours: 2 threads on cpu, no other job meanwhile.`"""
    others = {None: "", 0: ", no other job meanwhile"}.get(
        run.concurrent_jobs, f", up to {counted(run.concurrent_jobs or 0, 'other job')} meanwhile"
    )
    threads = counted(run.threads, "thread") if run.threads else "an unknown number of threads"
    return f"Ours: {threads} on {run.device or 'an unknown device'}{others}."


def _sum_over_batches(number: RunNumber, run: RunSummary) -> str:
    factor = lab.sum_factor()
    per_batch = round(lab.N_TEST_IMAGES / factor, -1)
    mean = number.value / factor
    against = "" if run.test_mse is None else f", against {short(run.test_mse)} of ours"
    return (
        f"In every row the report's test loss is about {factor:.0f} times its training loss: most likely a "
        f"sum over the batches of the test set (about {per_batch:.0f} images each), where ours is a mean. "
        f"Divided by {factor:.0f} it is {short(mean)}{against}."
    )


def _mlp(number: RunNumber, run: RunSummary, results: Results) -> str:
    """What is known of it: where ours passes the report's number."""
    whole = results.run(run.config)
    if run.train_loss is None or run.train_loss >= number.value or whole is None:
        return ""
    steps = next((i for i, loss in enumerate(whole.step_losses) if loss < number.value), None)
    passes = (
        ""
        if steps is None
        else f"Ours passes {number.printed} after {steps:,} of "
        f"{counted(len(whole.step_losses), 'training step')}. "
    )
    return f"{passes}Why the report's ends there is not known. {NO_SINGLE_CAUSE}"


def convolution(printed: str, run: RunSummary, results: Results) -> str:
    """The code is no bottleneck; how near the copy comes depends on what the report does not print."""
    n_pixels = math.prod(results.lab.grey.image_shape)
    ratio = n_pixels / run.n_latents
    code = f"{counted(run.n_latents, 'number')} for {counted(n_pixels, 'pixel')}"
    if ratio < 1:
        return (
            f"Such a code is {smaller(ratio)} than the image (ours: {code}), so it may hold a near copy. "
            f"How well depends on stride and padding, which the report does not print."
        )
    (other,) = settings.grey(results.lab, "conv", run.config.latent_size, stride=1)
    dense = results.summary(other)
    if dense is None or dense.train_loss is None or run.train_loss is None:
        return f"{NO_STRIDE} With stride {run.config.stride} ours has {code}."
    both = sorted((run.train_loss, dense.train_loss))
    between = both[0] <= float(printed) <= both[1]
    return (
        f"{NO_STRIDE} With stride {run.config.stride} ({code}) ours ends at {short(run.train_loss)}, with "
        f"stride 1 ({counted(dense.n_latents, 'number')}) at {short(dense.train_loss)}"
        f"{f'; {printed} lies between' if between else ''}."
    )


def fall(runs: Sequence[RunSummary], results: Results) -> str:
    """Of how many times less the loss of the larger code is, of these two."""
    ends = [
        f"{configs.short(run.config)} {short(run.train_loss)}" for run in runs if run.train_loss is not None
    ]
    because = NO_STRIDE if runs[0].config.model == "conv" else "Why its MLP 128 ends at 0.02 is not known."
    return _joined(conditions(runs[0], results.lab.grey.n_train), f"Ours: {' and '.join(ends)}.", because)


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
