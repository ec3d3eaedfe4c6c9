"""A trained model looked at from all sides; what comes back are NumPy arrays in frozen values.

opening.py         a run's name -> its model beside its data
reconstructing.py  the test images as the model gives them back, and the order to look at them in
confusion.py       what is read in the test images against what is read in the reconstructions
errors.py          its errors, by class and by channel
layers.py          one image on its way through the layers
weights.py         what the model has learnt: what its code looks at, and what it draws
network.py         the model as plain numbers, for the browser
"""

from autoenc.inspection.confusion import (
    changed_readings,
    confusion_counts,
    images_read,
    most_changed,
    no_longer_recognised,
)
from autoenc.inspection.errors import (
    CHANNELS,
    ClassError,
    ColourError,
    class_errors,
    colour_error,
)
from autoenc.inspection.layers import Activation, code, flow
from autoenc.inspection.network import Network, browser_network, decoder_network, runs_in_browser
from autoenc.inspection.opening import Trained, one_thread, open_run
from autoenc.inspection.reconstructing import (
    IMAGE_ORDERS,
    ImageOrder,
    Reconstructions,
    order,
    reconstructions,
)
from autoenc.inspection.weights import MAX_SHOWN, Kernels, Responses, kernels, responses

__all__ = [
    "CHANNELS",
    "IMAGE_ORDERS",
    "MAX_SHOWN",
    "Activation",
    "ClassError",
    "ColourError",
    "ImageOrder",
    "Kernels",
    "Network",
    "Reconstructions",
    "Responses",
    "Trained",
    "browser_network",
    "changed_readings",
    "class_errors",
    "code",
    "colour_error",
    "confusion_counts",
    "decoder_network",
    "flow",
    "images_read",
    "kernels",
    "most_changed",
    "no_longer_recognised",
    "one_thread",
    "open_run",
    "order",
    "reconstructions",
    "responses",
    "runs_in_browser",
]
