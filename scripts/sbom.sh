#!/usr/bin/env bash
# Writes the bill of materials of an installation, dist/claimwire.cdx.json (CycloneDX 1.6), from locks/run.lock: the
# same input gives the same bytes. Called by make sbom and make wheel.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p dist
.venv/bin/cyclonedx-py requirements locks/run.lock --pyproject pyproject.toml --spec-version 1.6 \
  --output-reproducible --output-format JSON --output-file dist/claimwire.cdx.json --validate
echo "dist/claimwire.cdx.json"
