# Two commands do everything: `make run` makes a small dataset, `make test` checks the project. Both set up first.
PYTHON ?= python3
DEVICE ?= cpu
BUDGET_MB ?= 20
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-ray campaign samples format clean

run: $(VENV)/ready
	$(BIN)/python -m synth --device $(DEVICE) --budget-mb $(BUDGET_MB)

test: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal
	$(MAKE) test-ray

# Of a cluster of several nodes, all on this machine.
test-ray: $(VENV)/ready
	$(BIN)/python -m pytest -m ray tests/synth/test_ray.py

campaign: $(VENV)/ready
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m campaign

# The records of data/samples/, made again from nothing.
samples: $(VENV)/ready
	rm -rf data/samples/cpu data/samples/cuda
	$(BIN)/python -m synth --device cpu --count 100 --out data/samples/cpu
	$(BIN)/python -m synth --device cuda --count 100 --out data/samples/cuda

format: $(VENV)/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@
