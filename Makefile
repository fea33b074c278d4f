# Portretkluis. `make demo` shows it, `make test` proves it. Needs Python 3.11 or newer with venv, and make.

PYTHON ?= python3
PYTHON311 ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
CACHE  := .cache

# Own photos instead of the demonstration's: make demo PHOTOS=folder. End after the table: make demo SERVE=no
PHOTOS ?=
SERVE  ?= yes

.PHONY: demo test lint bench ansible tflite-runtime acceptance bundle lock clean help

help:
	@echo "make demo        set up, import a card of real portraits, open the pages"
	@echo "make test        every test but the long ones"
	@echo "make lint        style and types"
	@echo "make bench       photos per second, by stage and against a peer"
	@echo "make acceptance  the long runs"
	@echo "make tflite-runtime  the tests of recognition with the older runtime, on Python 3.11"
	@echo "make bundle      a release for boxes, signed, for use without internet too"

demo: $(VENV)/runtime.done
	@KLUIS_CACHE=$(abspath $(CACHE))/packages $(BIN)/kluis demo --folder .demo \
	  $(if $(PHOTOS),--photos "$(PHOTOS)") $(if $(filter no,$(SERVE)),--no-serve)

test: $(VENV)/dev.done
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

acceptance: $(VENV)/dev.done
	@$(BIN)/python -m pytest -m acceptance tests $(ARGS)

lint: $(VENV)/dev.done
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# The Ansible roles, by the linter's strictest profile; it lives in an environment of its own.
ansible: $(VENV)-ansible/done
	@cd ansible && PATH="$(abspath $(VENV)-ansible/bin):$$PATH" ansible-lint --offline --profile production -q

$(VENV)-ansible/done:
	@$(PYTHON) -m venv $(VENV)-ansible
	@$(VENV)-ansible/bin/python -m pip install --disable-pip-version-check --quiet "ansible-core>=2.19,<2.20" "ansible-lint>=26,<27"
	@touch $@

# The older runtime of the networks, for boxes on Python 3.11 that carry it, with the numpy that it was built for.
# It excludes what the lock file has in its place, so it lives in an environment of its own; files of networks are
# checked by the newer runtime's schema, which is not in it.
tflite-runtime: $(VENV)-tflite/done
	@$(VENV)-tflite/bin/python -m pytest -n 2 tests/vision --ignore tests/vision/test_tflite_file.py tests/actions/test_enrolment.py $(ARGS)

$(VENV)-tflite/done: requirements/dev.txt
	@$(PYTHON311) -m venv $(VENV)-tflite
	@awk '/^[a-z]/ { kept = !/^(ai-edge-litert|numpy)==/ } kept' requirements/dev.txt > $(VENV)-tflite/requirements.txt
	@$(VENV)-tflite/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r $(VENV)-tflite/requirements.txt
	@$(VENV)-tflite/bin/python -m pip install --disable-pip-version-check --quiet --no-deps "tflite-runtime==2.14.0" "numpy==1.26.4"
	@touch $@

bench: $(VENV)/dev.done
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench search
	@$(BIN)/python -m bench duplicates
	@$(BIN)/python -m bench matching

# Each lock file is followed to the letter: versions and hashes.
$(VENV)/runtime.done: requirements/runtime.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@echo "Setting up $(VENV); the first time this fetches about 200 MB"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.done: $(VENV)/runtime.done requirements/dev.txt
	@echo "Setting up what the tests need"
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# The release for boxes, with or without internet: make bundle KEY=key-to-sign-with
bundle: $(VENV)/dev.done
	@$(BIN)/python -m release dist/bundle $(if $(KEY),--key "$(KEY)") $(ARGS)

# For whoever changes a dependency; needs uv.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements/runtime.txt
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements/dev.txt
	uv pip compile --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements/build.txt

clean:
	rm -rf $(VENV) .demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
