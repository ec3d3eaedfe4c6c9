"""Train: an image must pass through a few numbers; epoch by epoch the class sees what is kept of it."""

from ui.core import pages
from ui.train import page as train_page
from ui.train import settings

ignored = pages.open_page("train", settings.TRAIN)
train_page.show("Train an autoencoder", ignored)
pages.write_address()
