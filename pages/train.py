"""Train: an image must pass through a few numbers; epoch by epoch the class sees what is kept of it."""

from ui import state, training

state.keep_settings()
ignored = state.open_link()
config = training.show("Train an autoencoder", ignored)
state.keep_link(config)
