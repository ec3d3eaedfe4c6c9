"""The figures of denoising: how much of the noise is gone, at which size of the code, after which training.

parts.py   measures, lines, axes, the room above the plot
curves.py  PSNR or SSIM by the level of noise
sizes.py   PSNR by the size of the code
matrix.py  PSNR by the noise of the training and that of the test
"""

from autoenc.plots.denoising.curves import Line, quality_curves
from autoenc.plots.denoising.matrix import MatrixRow, transfer_matrix
from autoenc.plots.denoising.sizes import SizeCurve, quality_by_size

__all__ = ["Line", "MatrixRow", "SizeCurve", "quality_by_size", "quality_curves", "transfer_matrix"]
