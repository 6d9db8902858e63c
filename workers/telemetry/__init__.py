"""Metrics declared once, and logs as JSON."""
