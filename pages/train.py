"""Train: an image must pass through a few numbers; epoch by epoch the class sees what is kept of it."""

from ui import state, training

ignored = state.open_page("train")
training.show("Train an autoencoder", ignored)
state.write_address()
