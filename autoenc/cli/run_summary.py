"""A run in a few lines."""

from __future__ import annotations

from autoenc import heads
from autoenc.captions.remarks import remarks
from autoenc.numerals import decibels, out_of, short
from autoenc.schema import Run


def run_summary(run: Run) -> str:
    """What `train` and `runs show` print."""
    ratio = run.model.n_pixels / run.model.n_latents
    lines = [f"{run.run_id}: {out_of(len(run.epochs), run.config.epochs, 'epoch')}"]
    if run.test_mse is not None and run.test_psnr_db is not None:
        lines.append(f"test MSE {run.test_mse:.5f} per pixel, PSNR {decibels(run.test_psnr_db)}")
        lines.append(f"{run.seconds:,.1f} s, {run.images_per_second:,.0f} images a second on {run.device}")
    lines.append(
        f"{run.model.n_latents:,} numbers in the code of {run.model.n_pixels:,} pixels, "
        f"ratio {short(ratio, 3)}"
    )
    if run.code_bytes is not None:
        smaller_by = short(run.model.n_pixels / max(run.code_bytes, 0.01), 3)
        lines.append(f"about {short(run.code_bytes, 3)} bytes of code per image, ratio {smaller_by}")
    if run.kl is not None:
        lines.append(f"KL {short(run.kl, 3)} nats per image")
    lines += remarks(run)
    lines.append(str(heads.find(run.run_id)))
    return "\n".join(lines)
