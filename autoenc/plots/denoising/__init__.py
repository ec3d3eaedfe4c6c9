"""The figures of denoising: how much of the noise is gone, at which size of the code, after which training.

parts.py   measures, lines, axes, the room above the plot
curves.py  PSNR or SSIM by the level of noise
sizes.py   PSNR by the size of the code
matrix.py  PSNR by the noise of the training and that of the test
"""

from autoenc.plots.denoising.curves import Line, curves
from autoenc.plots.denoising.matrix import MatrixRow, matrix
from autoenc.plots.denoising.sizes import SizeCurve, by_size

__all__ = ["Line", "MatrixRow", "SizeCurve", "by_size", "curves", "matrix"]
