"""What every page wears: its look, its header, who may, how errors are shown.

layout.py header.py presenter.py errors.py   loaded before PyTorch, which takes seconds: the page is there
access.py class_link.py                      how the class gets in, and who is the teacher
"""
