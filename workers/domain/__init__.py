"""Frozen values that every other layer speaks in; no input or output, no clock."""
