# `make check` and `make test` do everything, from a fresh clone on.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_ARGS ?= -n 6

.DEFAULT_GOAL := help
.PHONY: help setup check test demo bench bench-full mutation docs lint fmt lock clean

help:  ## Show this
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

setup:  ## Install everything into .venv and LOCKGATE_HOME; does nothing when nothing changed
	@$(PYTHON) scripts/bootstrap.py
	@$(BIN)/lockgate setup

check: setup  ## Plan and policy-check every environment
	@$(BIN)/lockgate check

test: lint  ## Lint, check the types, and pass the tests
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

demo: setup  ## Show it all, from a pull request to drift, on a throw-away remote and AWS
	@$(BIN)/lockgate demo

bench: setup  ## Measure what a check costs beside bare Terraform, in under five minutes
	@$(BIN)/python -m bench

bench-full: setup  ## The same more often, and what takes longer
	@$(BIN)/python -m bench --full

mutation: setup  ## Put faults into a correct environment and count who finds them
	@$(BIN)/python scripts/mutation.py

docs: setup  ## Build the documentation site into build/site
	@$(BIN)/python -m scripts.mermaid
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "build/site/index.html"

lint: setup  ## Check style and types
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy
	@PYTHONPATH=ci:policies $(BIN)/lint-imports --no-cache --no-logo

fmt: setup  ## Format the code and put right what can be
	@$(BIN)/python -m ruff check --fix-only .
	@$(BIN)/python -m ruff format .

lock:  ## Pin requirements/*.in anew (needs uv)
	@scripts/lock

clean:  ## Remove what was built in the checkout; LOCKGATE_HOME is shared and stays
	@rm -rf .venv .venv.lock build dist .mypy_cache .pytest_cache .ruff_cache
	@find . -name .git -prune -o \( -name __pycache__ -o -name .terraform \) -type d -prune -exec rm -rf {} +
