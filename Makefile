# make run    set up on the first call, then start the dashboard
# make test   set up, then all tests
# make lint   ruff, and mypy strict on all but tests
# make bench  training speed against the lab's own loop and PyTorch's layers, what a background session, viewers and a long queue cost, what a sweep gains
# make docs   a page for each module of the library, from its docstrings, in build/docs
# make wasm   compile ui/components/arithmetic.c anew, after a change (the program that comes out is in the repository)
# make soak   kill workers and dashboards at random for up to 40 minutes: nothing on disk may be lost
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DOCS := build/docs

.PHONY: run test lint docs bench soak wasm

run: $(VENV)/run.stamp
	$(BIN)/streamlit run dashboard.py $(ARGS)

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/test.stamp
	$(BIN)/python -m pdoc --docformat google --no-show-source --output-directory $(DOCS) autoenc !autoenc.cli !autoenc.__main__ !autoenc.examples.__main__
	@echo "open $(DOCS)/index.html"

bench: $(VENV)/test.stamp
	$(BIN)/python -m autoenc bench $(ARGS)
	$(BIN)/python -m benchmarks.convolution_speed
	$(BIN)/python -m benchmarks.session_overhead
	$(BIN)/python -m benchmarks.viewers
	$(BIN)/python -m benchmarks.sweep_speed
	$(BIN)/python -m benchmarks.long_queue

soak: $(VENV)/test.stamp
	$(BIN)/python -m tests.soak $(ARGS)

wasm:
	$(PYTHON) -m ui.components.build_arithmetic

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "autoenc needs Python 3.11 or newer; found $$($(PYTHON) --version). Try: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# A browser is installed only where none is found: tests/browser/chromium.py looks for one.
$(VENV)/test.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python tests/browser/chromium.py || $(BIN)/python -m playwright install chromium
	@touch $@
