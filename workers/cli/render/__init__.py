"""Enriched articles for people: a page for browsers, tables for terminals."""
