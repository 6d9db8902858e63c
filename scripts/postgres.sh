#!/usr/bin/env bash
# Puts Debian's PostgreSQL server on this machine for the tests, which run clusters of their own from it: no
# cluster is made here and no server started. Does nothing where there is one; says so where it cannot.
set -euo pipefail

compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && exit 0
command -v initdb >/dev/null && exit 0

cannot() {
  echo "postgres: there is no PostgreSQL server and $1; tests on it will not run (apt-get install postgresql)" >&2
  exit 1
}
command -v apt-get >/dev/null || cannot "no apt-get to install it with"
[ "$(id -u)" -eq 0 ] || cannot "installing it needs root"

export DEBIAN_FRONTEND=noninteractive
echo "postgres: installing"
{
  apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql-common
} >/dev/null || cannot "it could not be installed"
mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold postgresql >/dev/null ||
  cannot "it could not be installed"
