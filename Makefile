# `make demo` and `make test` are all the set-up there is; each says what it does.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
PYTEST := $(BIN)/python -m pytest
# Trust whom this machine trusts: a company's own authority, say.
export UV_SYSTEM_CERTS ?= 1
# Hundreds of tests start the program: let the first compile it for all.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test test-fast lint bench containers containers-system scorecard scorecard-system soak soak-system coverage coverage-all audit lock system clean

help:
	@echo "make demo       compose two real issues, send them to 500 readers through a local catcher"
	@echo "make test       every test (sets up what it needs); test-fast: those that take moments"
	@echo "make lint       format, lint, types, import contracts, spelling"
	@echo "make scorecard  weight, access and client support of the HTML, beside MJML, React Email, Maizzle"
	@echo "make bench      speed, side by side with peers;  make soak: crash sweeps and long runs"
	@echo "make containers builds deploy/'s images, brings them up together, and troubles them (root)"
	@echo "make coverage   lines and branches of the pure parts;  make audit: known holes in dependencies"
	@echo "make lock       resolve the dependencies anew into requirements.lock"

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mailer needs Python 3.11 or newer; name one with PYTHON=…"; exit 1; }
	@echo "== making $(VENV)"
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is missing (Debian: apt-get install python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-virtualenv uv

$(VENV)/.runtime: $(UV) pyproject.toml requirements.lock
	@echo "== installing the mailer and what it needs"
	@$(UV) pip install --quiet --python $(BIN)/python --constraint requirements.lock --editable .
	@touch $@

$(VENV)/.development: $(VENV)/.runtime
	@echo "== installing what the tests and the lint need"
	@$(UV) pip sync --quiet --python $(BIN)/python requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

setup: $(VENV)/.development system

system:
	@scripts/system-packages

demo: $(VENV)/.runtime
	@echo "== the main job, end to end, on this machine alone"
	@$(BIN)/mailer demo

test: setup
	@echo "== every test"
	@$(PYTEST)

test-fast: $(VENV)/.development
	@echo "== the tests that need no other program"
	@$(PYTEST) -m "not slow and not browser and not postfix and not postgresql and not verifiers and not roundcube and not soak"

lint: $(VENV)/.development
	@echo "== format, lint, types, import contracts, spelling"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || { $(BIN)/lint-imports --no-cache; exit 1; }
	@$(BIN)/codespell

# The pure parts are covered whole, by their own tests: without those that draw what they try, so
# that every run covers the same, and those that try one thing on hundreds of texts.
PURE := mailer/composer/*,mailer/message/*,mailer/sender/retry.py

coverage: $(VENV)/.development
	@echo "== the pure parts, every line and branch"
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n auto -m "not hypothesis and not slow and not soak" \
		tests/composer tests/message tests/model tests/sender/test_retry.py
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --skip-covered --fail-under=100 --include='$(PURE)'

coverage-all: setup
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --skip-covered

audit: $(VENV)/.development
	@$(BIN)/pip-audit --require-hashes --requirement requirements.lock

lock: $(UV)
	@$(UV) pip compile --quiet --universal --all-extras --group dev --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" pyproject.toml --output-file requirements.lock

bench: setup soak-system $(SMTP_PEERS)
	@$(BIN)/python -m tests.bench

# Node's packages go into a folder that Git ignores; npm keeps what it has installed in the stamp.
PEERS := tests/peers/node_modules/.package-lock.json

$(PEERS): tests/peers/package-lock.json | scorecard-system
	@echo "== installing MJML, React Email, Maizzle and the Nu checker"
	@npm ci --silent --prefix tests/peers
	@touch $@

scorecard-system:
	@scripts/system-packages scorecard

scorecard: setup $(PEERS)
	@echo "== our themes beside other tools, on the same digest"
	@PYTHONPATH=tests $(BIN)/python -m peers

# npm's servers and clients of SMTP.
SMTP_PEERS := tests/smtp_peers/node_modules/.package-lock.json

$(SMTP_PEERS): tests/smtp_peers/package-lock.json | soak-system
	@echo "== installing npm's smtp-server and nodemailer"
	@npm ci --silent --prefix tests/smtp_peers
	@touch $@

soak-system:
	@scripts/system-packages soak

soak: setup soak-system $(SMTP_PEERS) $(PEERS)
	@$(PYTEST) -n 0 -m soak -rP tests

containers-system:
	@scripts/system-packages containers

containers: $(VENV)/.development containers-system
	@scripts/with-docker tests/containers/images
	@echo "== the composition, in a network of its own"
	@scripts/with-docker --apart $(PYTEST) -n 0 -m containers -rP tests/containers

clean:
	rm -rf $(VENV) .containers demo dist tests/peers/node_modules tests/smtp_peers/node_modules
