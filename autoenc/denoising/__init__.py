"""Noise taken away: by models and by classical methods, measured at rising levels, told in words.

classical.py  what took noise away before there were autoencoders
measuring.py  a method -> its curve over the test set
looking.py    a few images with noise, and what a method makes of them
saying/       curves -> plain sentences
"""

from autoenc.denoising.classical import Denoise, prompt
from autoenc.denoising.looking import Denoised, denoised, unit_noise
from autoenc.denoising.measuring import denoiser, model_denoiser, opened
from autoenc.denoising.saying import best_words, crossing_words, gain_words, matrix_words, size_words

__all__ = [
    "Denoise",
    "Denoised",
    "best_words",
    "crossing_words",
    "denoised",
    "denoiser",
    "gain_words",
    "matrix_words",
    "model_denoiser",
    "opened",
    "prompt",
    "size_words",
    "unit_noise",
]
