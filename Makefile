# From a fresh clone with only Python 3.11 or newer and make: `make demo`, `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
SIZE ?= city
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo drill up test bench screenshots budgets check audit shell messages lock

help: ## what each word does
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "make %-11s %s\n", $$1, $$2}'

demo: $(VENV)/.runtime ## everything on this machine with an invented city, at http://127.0.0.1:8000 (PORT=, SIZE=province)
	@MANYHANDS_DEMO=1 SIZE=$(SIZE) PORT=$(PORT) exec $(BIN)/python manage.py up

drill: $(VENV)/.runtime ## plays a crisis of two months in half an hour (ARGS="--days 10 --speed 600"), to be followed at /drill/
	@MANYHANDS_DEMO=1 exec $(BIN)/python manage.py drill --port $(PORT) $(ARGS)

up: $(VENV)/.runtime ## everything on this machine, with the settings of the environment
	@PORT=$(PORT) exec $(BIN)/python manage.py up

test: $(VENV)/.dev ## the whole suite (ARGS= for pytest)
	@$(BIN)/python -m pytest -n 2 $(ARGS)

bench: export MANYHANDS_DEMO = 1
bench: $(VENV)/.runtime ## every benchmark at its small size, a JSON object each
	@for each in "signup --shifts 1 --seconds 5" "signup --shifts 300 --seconds 5" "rush --seconds 2" "pages --seconds 0.5" \
	    "dashboard --volunteers 3000 --records 20000 --seconds 0.5" \
	    "import --rows 5000" "match --volunteers 3000 --shifts 300 --seed 1" \
	    "events --volunteers 3000 --shifts 300 --events 60" "start"; do \
	    echo "bench $$each" >&2; $(BIN)/python manage.py bench $$each --json || exit 1; done

screenshots: $(VENV)/.dev ## every page on sheets in docs/screens (ONLY=public takes a part, OUT=folder large single pictures)
	@ONLY="$(ONLY)" OUT="$(OUT)" $(BIN)/python -m pytest tests/browser/screens.py -q -s

budgets: $(VENV)/.dev ## what every page weighs, and when six of them show themselves on a slow line
	@$(BIN)/python -m pytest tests/browser/budgets.py -q -s

check: export MANYHANDS_TESTING = 1
check: $(VENV)/.dev ## lint, format, types, import contract, migrations, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check_messages

audit: $(VENV)/.dev ## known holes in the locked packages
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements/dev.txt

messages: export MANYHANDS_TESTING = 1
messages: $(VENV)/.dev ## bring the translations' catalogue up to date and compile it
	@$(BIN)/python manage.py check_messages --write

shell: $(VENV)/.dev ## a shell with the project's Python first on the path
	@VIRTUAL_ENV="$(CURDIR)/$(VENV)" PATH="$(CURDIR)/$(BIN):$$PATH" $${SHELL:-/bin/sh}

lock: $(VENV)/.dev ## write requirements/*.txt anew from pyproject.toml
	$(LOCK) pyproject.toml -o requirements/runtime.txt
	$(LOCK) --group dev --group browser pyproject.toml -o requirements/dev.txt

LOCK := $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --extra embedded
SYNC = VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/uv pip sync

# One stamp for each set of packages: the second start installs nothing. The set for development holds that of the
# demo, so `make demo` after `make test` takes nothing away.
$(VENV)/.runtime: requirements/runtime.txt | $(BIN)/uv
	@if [ -e $(VENV)/.dev ]; then $(SYNC) requirements/dev.txt; else $(SYNC) requirements/runtime.txt; fi
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(BIN)/uv
	@$(SYNC) requirements/dev.txt
	@touch $(VENV)/.runtime $@

# Debian's own python3 may come without venv: whatever else makes environments will do.
$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Python 3.11 or newer is needed; '$(PYTHON)' is not. Name one: make PYTHON=/path/to/python3.12 …" >&2; exit 1; }
	@echo "Making the environment $(VENV) …"
	@$(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 \
	    || uv venv --quiet --clear --seed --python $(PYTHON) $(VENV) 2>/dev/null \
	    || virtualenv --quiet --clear --python $(PYTHON) $(VENV) 2>/dev/null \
	    || { rm -rf $(VENV); \
	         echo "Python's venv is missing. Install it (Debian, Ubuntu: apt install python3-venv), or uv, and try again." >&2; \
	         exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
