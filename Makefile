# The commands a newcomer needs; `make help` lists them. State lives in VAR, so several can stand side by side.
PYTHON ?= python3
VAR ?= var
DEMO ?= 1
PORT ?= 8000
SCALE ?= 100000
WORKERS ?= 3
export VAR DEMO PORT SCALE
# Without bytecode each of the many processes that are started compiles everything anew, for some seconds.
unexport PYTHONDONTWRITEBYTECODE

python := .venv/bin/python
uv := PATH=.venv/bin:$$PATH uv
pinned := pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11

.PHONY: help run test check bench reset lock install

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## serve the product with the demo company on 127.0.0.1:$PORT (DEMO=0: an empty one)
	@exec $(python) -m pmcrm.run

test: install ## run all tests (ARGS="tests/people -x -n0" for some)
	@$(python) -m pmcrm.run browser
	@VAR=$(VAR)/test exec $(python) -m pmcrm.run servers --throwaway -- $(python) -m pytest -n $(WORKERS) --maxschedchunk 1 $(ARGS)

check: install ## formatting, lint, types, import contracts, templates, missing migrations, deploy settings
	@$(python) -m ruff format --check --quiet . || { echo "Not formatted: .venv/bin/ruff format ."; exit 1; }
	@$(python) -m ruff check --quiet .
	@$(python) -m mypy pmcrm accounts touchpoints preparation campaigns meetings correspondence segmentation tests manage.py $(wildcard benchmarks)
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/djlint --lint --quiet templates
	@VAR=$(VAR)/test $(python) -m pmcrm.run servers --throwaway -- $(python) manage.py makemigrations --check --dry-run
	@HTTPS=1 ALLOWED_HOSTS=pmcrm.example SECRET_KEY=$$($(python) -c 'import secrets; print(secrets.token_urlsafe(64))') \
		$(python) manage.py check --deploy --fail-level WARNING

bench: install ## run the benchmarks (SCALE=1000000 for a million accounts)
	@VAR=$(VAR)/bench exec $(python) -m pmcrm.run servers -- $(python) -m benchmarks $(ARGS)

reset: ## remove the state folder, after asking
	@exec $(python) -m pmcrm.run reset

lock: install ## resolve the versions anew into requirements/*.txt
	@$(uv) $(pinned) pyproject.toml -o requirements/production.txt
	@$(uv) $(pinned) pyproject.toml -c requirements/production.txt --group dev --group embedded -o requirements/development.txt
	@echo uv | $(uv) $(pinned) - -o requirements/uv.txt

install:
	@$(PYTHON) pmcrm/run/install.py development
