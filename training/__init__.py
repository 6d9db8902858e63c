"""Training of the pipeline: readers of public corpora, train, export, evaluate. Not in the wheel."""
