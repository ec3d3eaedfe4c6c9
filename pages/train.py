"""Train: an image must pass through a few numbers; epoch by epoch the class sees what is kept of it."""

from ui import state, training

state.enter_page()
ignored = state.open_link()
state.keep_settings()
config = training.show("Train an autoencoder", ignored)
state.keep_link(config)
