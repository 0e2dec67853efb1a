# make demo: the whole gate on this machine. make test: all tests. Nothing else is needed first.
VENV ?= .venv
PY := $(VENV)/bin/python
TRAIN_VENV ?= .venv-train
export VENV

.PHONY: demo test lint bench mutate accuracy train lock clean

demo:
	@scripts/setup.sh runtime
	@exec $(VENV)/bin/gate demo

test:
	@scripts/setup.sh test
	$(PY) -m pytest $(TESTS)

lint:
	@scripts/setup.sh test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

bench:
	@scripts/setup.sh test
	$(PY) -m bench

# Mutation score of gate/core; half an hour, not part of CI. PATTERN='gate.core.lane.*' for a part.
mutate:
	@scripts/setup.sh test
	scripts/mutate.sh $(PATTERN)

accuracy:
	@scripts/setup.sh test
	$(PY) -m bench.accuracy --data ../shared/data --report

# Needs PyTorch (CPU) and free fonts: two hours on two cores, 35 GB of disk. Resumes where it stopped.
# `make train TRAIN="--tiny --work build/tiny"` goes through every step in some minutes.
train:
	test -x $(TRAIN_VENV)/bin/python || python3 -m venv $(TRAIN_VENV)
	$(TRAIN_VENV)/bin/python -m pip install -q --require-hashes -r requirements/train.txt
	$(TRAIN_VENV)/bin/python -m ocr.training $(TRAIN)

lock:
	@scripts/setup.sh test
	$(PY) -m pip install -q uv
	for part in service dev; do $(PY) -m uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --override requirements/overrides.txt requirements/$$part.in -o requirements/$$part.txt; done

clean:
	rm -rf $(VENV) .venv-mutate build .pytest_cache .mypy_cache .ruff_cache .hypothesis
