# `make` lists what there is. Everything lives in this folder: the virtual environment in .venv, the demo's state in var/demo.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.requirements.stamp
DEV := $(VENV)/.requirements-dev.stamp
PIP := $(PY) -m pip --disable-pip-version-check --quiet

SCHEMA := docs/reference/openapi.yaml

PORT ?= 8000
ROUTER_PORT ?= 8080
DEMO_DIR ?= var/demo
# Only `make demo KUBECONFIG=…` registers a cluster of yours; the variable of your shell does not.
OWN_CLUSTER = $(if $(findstring command,$(origin KUBECONFIG)),--kubeconfig "$(KUBECONFIG)")

.PHONY: help setup setup-dev demo demo-reset run check test screens guide testbed lock schema messages vendor

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUNTIME) ## virtual environment with what the product needs

setup-dev: $(DEV) ## the same with what checks and tests need

demo: $(RUNTIME) ## run the whole product here [PORT=8000 ROUTER_PORT=8080 DEMO_DIR=var/demo KUBECONFIG=a cluster of yours]
	@exec $(PY) -m demo run --port $(PORT) --router-port $(ROUTER_PORT) --folder "$(DEMO_DIR)" $(OWN_CLUSTER)

demo-reset: $(RUNTIME) ## forget everything the demo keeps in DEMO_DIR
	@exec $(PY) -m demo reset --folder "$(DEMO_DIR)"

run: $(RUNTIME) ## development server with reload on PORT; start worker and scheduler beside it (docs/guide/operations.md)
	$(PY) manage.py migrate --verbosity 0
	exec $(PY) manage.py runserver 127.0.0.1:$(PORT)

check: $(DEV) ## style, types, arrows, templates, and whether generated files are current
	@failed=; \
	run() { echo "$$*"; "$$@" || failed="$$failed\n  $$*"; }; \
	run $(VENV)/bin/ruff check .; \
	run $(VENV)/bin/ruff format --check .; \
	run $(VENV)/bin/mypy .; \
	run $(VENV)/bin/lint-imports --no-logo; \
	run $(VENV)/bin/djlint templates --lint --quiet; \
	run $(PY) manage.py makemigrations --check --dry-run; \
	run $(PY) manage.py request_states --check; \
	run sh -c '$(PY) manage.py spectacular --validate --fail-on-warn | diff -u $(SCHEMA) -'; \
	run $(PY) tools/messages.py --check; \
	run $(PY) tools/vendor.py --check; \
	test -z "$$failed" || { printf "Failed:$$failed\n"; exit 1; }

test: $(DEV) ## the whole suite; names what this machine lacks for the tiers it leaves out
	@failed=; \
	run() { echo "$$*"; "$$@" || failed="$$failed\n  $$*"; }; \
	run $(PY) -m pytest -n 2 tests/unit tests/integration; \
	run $(PY) -m testbed.services -- $(PY) -m pytest -n 2 tests/integration; \
	run $(PY) -m testbed.run -- $(PY) -m pytest tests/cluster; \
	run $(PY) -m pytest tests/browser; \
	test -z "$$failed" || { printf "Failed:$$failed\n"; exit 1; }

screens: $(DEV) ## a picture of every page in every state, from a demo of its own, in var/screens/index.html
	$(PY) -m tools.screens

guide: $(DEV) ## the pictures of the guides in both languages, from a demo of its own
	$(PY) -m tools.guide && $(PY) -m tools.guide --language zh

testbed: $(DEV) ## real cluster, ingress controller, PostgreSQL and Redis, until Ctrl-C
	exec $(PY) -m testbed

lock: $(DEV) ## pin and hash the dependencies anew
	$(VENV)/bin/uv pip compile requirements.in --generate-hashes --no-header --no-emit-find-links --python-version 3.11 --output-file requirements.txt
	$(VENV)/bin/uv pip compile requirements-dev.in --generate-hashes --no-header --no-emit-find-links --python-version 3.11 --output-file requirements-dev.txt

schema: $(RUNTIME) ## write the OpenAPI document and the diagram of request states anew
	$(PY) manage.py spectacular --validate --fail-on-warn --file $(SCHEMA)
	$(PY) manage.py request_states

messages: $(RUNTIME) ## bring the translations in step with the code (needs gettext)
	$(PY) tools/messages.py

vendor: $(DEV) ## copy the browser parts from node_modules (after npm ci)
	$(PY) tools/vendor.py

$(PY):
	@python=$$(for each in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3; do \
		"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; \
	done); \
	test -n "$$python" || { echo "Python 3.11 or newer is missing: apt-get install python3 python3-venv" >&2; exit 1; }; \
	"$$python" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "The venv module of $$python is missing: apt-get install python3-venv" >&2; exit 1; }; \
	echo "Making $(VENV) with $$python"; \
	"$$python" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUNTIME): requirements.txt | $(PY)
	@echo "Installing what the product needs (requirements.txt)"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@echo "Installing what checks and tests need (requirements-dev.txt)"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
