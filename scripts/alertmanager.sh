#!/usr/bin/env bash
# Installs the Alertmanager that tests forward alerts to: Debian's package, without starting a service.
set -euo pipefail

if command -v prometheus-alertmanager >/dev/null; then
  prometheus-alertmanager --version 2>&1 | head -n 1
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "alertmanager: there is no apt-get; put prometheus-alertmanager (0.25 or newer) on the PATH" >&2
  exit 1
fi
root=()
[ "$(id -u)" = 0 ] || root=(sudo)
# RUNLEVEL=1 keeps the package from starting a service of its own.
"${root[@]}" apt-get update -q
"${root[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
  apt-get install -q -y --no-install-recommends prometheus-alertmanager
