"""Train: an image must pass through a few numbers; epoch by epoch the class sees what is kept of it."""

from ui.train import page

page.show()
