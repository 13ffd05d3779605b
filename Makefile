# Anchorage: `make demo` runs it, `make test` checks it, `make help` lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	2>/dev/null && { command -v $$p; exit; }; done; echo python3)
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --quiet
# Tests that start whole processes or a browser share a worker; the rest spread out.
PYTEST_ARGS ?= -n 2 --dist loadgroup

.PHONY: help demo demo-reset backup restore doctor test test-faults test-memory \
	test-axe pictures conformance test-openapi lint \
	types imports templates migrations-check format check lock bench-turn bench-stream \
	bench-maas bench-attribution bench-extract bench-recall bench-search bench-long \
	bench-cards bench-gallery bench-tutor bench-leaks bench-class demo-class clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' Makefile

demo: $(BIN)/.runtime  ## start the site: http://127.0.0.1:8000 (HOST, PORT, WEB, ...)
	@exec $(BIN)/python manage.py demo --end-with-parent

demo-class: $(BIN)/.runtime  ## beside a running demo: a made-up class of 30 to show (LEARNERS=n)
	@$(BIN)/python -m bench.classroom $(if $(LEARNERS),--learners $(LEARNERS))

demo-reset: $(BIN)/.runtime  ## remove everything the demo keeps, to start over
	@exec $(BIN)/python manage.py reset

backup: $(BIN)/.runtime  ## write everything into one file (FILE=where)
	@exec $(BIN)/python manage.py backup $(FILE)

restore: $(BIN)/.runtime  ## bring everything back: make restore FILE=backup.tar.gz
	@test -n "$(FILE)" || { echo "Which backup? make restore FILE=..." >&2; exit 2; }
	@exec $(BIN)/python manage.py restore "$(FILE)"

doctor: $(BIN)/.runtime  ## what is configured, what answers, what to do
	@exec $(BIN)/python manage.py doctor

test: $(BIN)/.dev  ## every test, browser included
	@.ci/browser
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

test-faults: $(BIN)/.dev  ## kill and break everything (MINUTES=, SHARE=, JSON=path, ...)
	@$(BIN)/python -m tests.faults $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(SHARE),--share $(SHARE)) $(if $(STATE),--state "$(STATE)") \
		$(FAULTS) $(if $(JSON),--json "$(JSON)")

test-axe: $(BIN)/.dev  ## axe-core over every state of every page (PICTURES=directory)
	@.ci/browser
	@WIDE=1 PICTURES="$(PICTURES)" $(BIN)/python -m pytest \
		tests/scenarios/test_accessible.py -n 0 -q --timeout 0

pictures: $(BIN)/.dev  ## take the pictures of README and docs anew
	@.ci/browser
	@$(BIN)/python -m tests.harness.pictures docs/images

test-memory: .venv-memory/.ready  ## the tests of memory/, without Django installed
	@.venv-memory/bin/python -m pytest -c tests/memory/pytest.ini --rootdir . tests/memory

# The tests themselves never use what is set for the real site: hence other names.
conformance: $(BIN)/.dev  ## the API's cases; also at MAAS_BASE_URL when it is set
	@CONFORMANCE_BASE_URL="$$MAAS_BASE_URL" CONFORMANCE_API_KEY="$$MAAS_API_KEY" \
		CONFORMANCE_WORKSPACE_ID="$$MAAS_WORKSPACE_ID" \
		$(BIN)/python -m pytest tests/conformance -n 0 -v

EXAMPLES ?= 500
test-openapi: $(BIN)/.dev  ## try the API with all sorts of bodies, for long (EXAMPLES=n)
	@OPENAPI_EXAMPLES=$(EXAMPLES) FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest \
		tests/embedded/maas/test_schemathesis.py tests/embedded/maas/test_fuzz.py \
		-n 0 --timeout 0

lint: $(BIN)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(BIN)/.dev
	@$(BIN)/mypy

imports: $(BIN)/.dev
	@$(BIN)/lint-imports

templates: $(BIN)/.dev
	@$(BIN)/djlint templates --lint --quiet

migrations-check: $(BIN)/.dev
	@$(BIN)/python manage.py makemigrations --check --dry-run

check: lint types imports templates migrations-check  ## all that CI looks at but tests

format: $(BIN)/.dev  ## let ruff lay the code out
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

lock: $(BIN)/.dev  ## pin the newest allowed versions of all packages
	@$(COMPILE) --upgrade -o requirements.lock
	@$(COMPILE) --upgrade -c requirements.lock --group dev -o requirements-dev.lock
	@$(COMPILE:pyproject.toml=) -c requirements-dev.lock --group memory \
		-o requirements-memory.lock

bench-turn: $(BIN)/.runtime  ## what the site adds to a turn, and its size (JSON=path)
	@$(BIN)/python -m bench.turn $(if $(JSON),--json "$(JSON)")

bench-stream: $(BIN)/.runtime  ## what streaming costs, and how late words come (JSON=path)
	@$(BIN)/python -m bench.stream $(if $(JSON),--json "$(JSON)")

bench-gallery: $(BIN)/.dev  ## the gallery with 2,000 characters (JSON=path)
	@$(BIN)/python -m bench.gallery $(if $(JSON),--json "$(JSON)")

bench-cards: $(BIN)/.runtime  ## bringing 200 cards, and what crafted ones cost (JSON=path)
	@$(BIN)/python -m bench.cards $(if $(JSON),--json "$(JSON)")

bench-maas: $(BIN)/.runtime  ## recall and writes at large sizes (JSON=path, MAAS=options)
	@$(BIN)/python -m bench.maas $(MAAS) $(if $(JSON),--json "$(JSON)")

bench-attribution: $(BIN)/.runtime  ## which memory a reply used, on MADial-Bench (MADIAL=folder, JSON=path)
	@test -n "$(MADIAL)" || { echo "Where is MADial-Bench? make bench-attribution MADIAL=folder" >&2; exit 2; }
	@OMP_NUM_THREADS=1 $(BIN)/python -m bench.attribution "$(MADIAL)" $(if $(JSON),--json "$(JSON)")

bench-recall: $(BIN)/.runtime  ## what recall finds (LOCOMO=file, MADIAL=folder, JSON=path)
	@test -n "$(LOCOMO)" -a -n "$(MADIAL)" || { echo "Where are the data? docs/recall.md \
	says: make bench-recall LOCOMO=locomo10.json MADIAL=folder" >&2; exit 2; }
	@$(BIN)/python -m bench.recall_quality --locomo "$(LOCOMO)" --madial "$(MADIAL)" \
		$(if $(JSON),--json "$(JSON)")

bench-tutor: $(BIN)/.runtime  ## the learner model: labelled turns, simulated learners (DATA=folder, JSON=path, PLOT=path)
	@OMP_NUM_THREADS=1 $(BIN)/python -m bench.tutor $(if $(DATA),--data "$(DATA)") \
		$(if $(JSON),--json "$(JSON)") $(if $(PLOT),--plot "$(PLOT)")

bench-leaks: $(BIN)/.runtime  ## what the leak gate of lessons sees, on MRBench (MRBENCH=file, JSON=path)
	@test -n "$(MRBENCH)" || { echo "Where is MRBench? make bench-leaks MRBENCH=MRBench_V2.json" >&2; exit 2; }
	@$(BIN)/python -m bench.leak_gate "$(MRBENCH)" $(if $(JSON),--json "$(JSON)")

bench-class: $(BIN)/.runtime  ## the page of a class of 500 learners (JSON=path)
	@$(BIN)/python -m bench.class_page $(if $(JSON),--json "$(JSON)")

bench-extract: $(BIN)/.runtime  ## what is learnt from labelled turns, with the configured model (JSON=path, TURNS=path)
	@$(BIN)/python -m bench.extract $(if $(TURNS),--turns "$(TURNS)") $(if $(JSON),--json "$(JSON)")

bench-search: $(BIN)/.runtime  ## finding words among 200,000 messages (JSON=path)
	@$(BIN)/python -m bench.search $(if $(JSON),--json "$(JSON)")

bench-long: $(BIN)/.dev  ## 5,000 messages opened and scrolled, lists of 10,000 (JSON=path)
	@.ci/browser
	@$(BIN)/python -m bench.long $(if $(JSON),--json "$(JSON)")

clean:  ## remove the virtual environments and caches, never the data
	@rm -rf .venv .venv-memory .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# The stamps stand for "installed from this lock"; they are made again when it changes.

$(BIN)/.runtime: requirements.lock | $(BIN)/python
	@.ci/install $(BIN)/python requirements.lock
	@touch $@

$(BIN)/.dev: requirements-dev.lock | $(BIN)/python
	@.ci/install $(BIN)/python requirements-dev.lock
	@touch $@ $(BIN)/.runtime

.venv-memory/.ready: requirements-memory.lock
	@PYTHON=$(PYTHON) .ci/venv .venv-memory
	@.ci/install .venv-memory/bin/python requirements-memory.lock
	@touch $@

$(BIN)/python:
	@PYTHON=$(PYTHON) .ci/venv .venv
