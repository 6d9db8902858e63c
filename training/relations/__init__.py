"""Fitting and measuring the decision on two claims."""
