"""Denoising, by models and by classical methods, measured at rising levels.

classical.py  what took noise away before there were autoencoders
measuring.py  a method -> its curve over the test set
images.py     a few images with noise, and what a method makes of them
"""

from autoenc.denoising.classical import Denoise, prompt
from autoenc.denoising.images import Denoised, denoised, unit_noise
from autoenc.denoising.measuring import denoiser, model_denoiser, opened

__all__ = [
    "Denoise",
    "Denoised",
    "denoised",
    "denoiser",
    "model_denoiser",
    "opened",
    "prompt",
    "unit_noise",
]
