# `make run` and `make test` set up all they need by themselves; run again, they start in seconds.
.PHONY: run test lint bench soak format lock clean
.DEFAULT_GOAL := run

BIN := .venv/bin
WORKERS ?= 2
DISPLAY_SCOPE := $(if $(DISPLAY)$(WAYLAND_DISPLAY)$(QT_QPA_PLATFORM),console,terminal)

run:
	@packaging/set-up $(DISPLAY_SCOPE)
	@$(BIN)/patchgui

test:
	@packaging/set-up dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

lint:
	@packaging/set-up dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench:
	@packaging/set-up dev
	@$(BIN)/python -m tests.bench

# Kills, power cuts and hostile input for 20 minutes; SOAK="--seconds 60" for less.
soak:
	@packaging/set-up dev
	@nice $(BIN)/python -m tests.soak $(SOAK)

format:
	@packaging/set-up dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# New pins: edit pyproject.toml, run this, commit all three files.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --strip-extras --generate-hashes \
	--no-emit-index-url --no-emit-find-links --build-deps-for editable --allow-unsafe
lock:
	@packaging/set-up dev
	$(COMPILE) --extra console --extra test --extra lint -o packaging/requirements-dev.txt pyproject.toml
	$(COMPILE) --extra console -c packaging/requirements-dev.txt -o packaging/requirements.txt pyproject.toml
	$(COMPILE) -c packaging/requirements-dev.txt -o packaging/requirements-agent.txt pyproject.toml

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
