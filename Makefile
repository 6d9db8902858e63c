# Every target works from a fresh clone with Python 3.11 or newer; make test and make demo use Java 17 and Maven
# for a real Kafka when they are there.
.DEFAULT_GOAL := help
.PHONY: help setup demo test bench faults peers lock wheel sbom audit fuzz clean
export PYTHON ?= python3

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv with .venv/bin/claimwire from the lock file
	@scripts/setup.sh

demo: setup ## everything on one machine: broker, worker, sample articles, claims and alerts
	@.venv/bin/claimwire demo

test: setup ## all checks and tests (about 20 minutes on two cores)
	@scripts/test.sh

bench: setup ## measure throughput, latency, memory: QUICK=1 takes 10 minutes, DATA=FOLDER names the articles
	@PYTHONPATH=. .venv/bin/python -m bench --effort $(if $(QUICK),quick,full) $(if $(DATA),--data $(DATA))

faults: setup ## strike everything by a seed and look for what was lost: RUNS=20 SEED=1; LOG=FILE adds up, MINUTES=30
	@PYTHONPATH=. .venv/bin/python -m tests.faults.run $(or $(RUNS),20) $(or $(SEED),1) \
		$(if $(LOG),--log $(LOG)) $(if $(MINUTES),--minutes $(MINUTES))

peers: setup ## the same pipeline in other frameworks, side by side: DATA=FOLDER names the articles
	@scripts/peers.sh $(if $(DATA),--data $(DATA))

lock: setup ## write the lock files anew from pyproject.toml
	@scripts/lock.sh

wheel: setup sbom ## build dist/claimwire-*.whl with schemas, pipeline and rules in it, and its bill of materials
	@.venv/bin/python -m hatchling build -t wheel

sbom: setup ## write dist/claimwire.cdx.json: every package of an installation, with its hashes (CycloneDX)
	@scripts/sbom.sh

audit: setup ## ask the advisory service about every locked package
	@.venv/bin/python scripts/audit.py

fuzz: setup ## feed odd input to everything that reads, going on where the last run stopped: INPUTS=1000000
	@PYTHONPATH=. .venv/bin/python -m tests.fuzz.run $(or $(INPUTS),1000000)

clean: ## remove .venv, dist and what checks leave behind
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache var
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
