"""Benchmarks: ratios within one run, on the real local Kafka. ``python -m bench``; see bench/README.md."""
