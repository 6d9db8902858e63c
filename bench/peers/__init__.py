"""The same pipeline in other frameworks, side by side; see bench/README.md."""
