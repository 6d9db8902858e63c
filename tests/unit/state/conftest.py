"""Every test here that takes ``store`` or ``database`` runs on both databases."""

from tests.support.databases import store as store
