"""What others report of autoencoders with a true bottleneck, to stand beside our figures."""

from __future__ import annotations

from collections.abc import Mapping

LEGEND = "UvA tutorial 9 (read from its figure)"
HOVER = "UvA deep-learning tutorial 9, 500 epochs, validation images; read from a figure, about"

# Numbers in the code -> MSE per pixel, about. Read off the figure of reconstruction error against latent size
# in tutorial 9, "Deep Autoencoders", of the UvA deep-learning course (P. Lippe): a convolutional autoencoder
# after 500 epochs, on the validation split of the original images of CIFAR-10. The tutorial does not print
# them as numbers, and they are no test errors: good for an impression, not for the third digit.
CIFAR10: Mapping[int, float] = {64: 0.0071, 128: 0.0041, 256: 0.0021, 384: 0.0013}
OF_CIFAR10 = ("cifar10", "cifar10-images")  # the second: the same pictures once more, as JPEG


def published(dataset: str) -> Mapping[int, float]:
    """Numbers in the code -> MSE per pixel, about; empty where we know of none."""
    return CIFAR10 if dataset in OF_CIFAR10 else {}


# ---------------------------------------------------------------- bytes

RATES_SOURCE = "result files of COIN++, Dupont et al. 2022, arXiv:2201.12904; original images, all 10,000"
# Of CIFAR-10: bits per pixel (of height x width) and PSNR in dB, each image a file of its own.
RATES_OF_CIFAR10: Mapping[str, tuple[tuple[float, float], ...]] = {
    "COIN++": ((0.55, 24.2), (1.10, 27.0), (2.20, 30.4)),
    "Hyperprior": ((0.37, 22.6), (0.75, 26.8)),
    "Cheng2020": ((0.55, 24.5), (1.32, 31.8)),
    "BPG": ((1.0, 27.1),),
    "JPEG 2000": ((3.0, 24.8),),
    "JPEG": ((5.4, 22.9),),
}
