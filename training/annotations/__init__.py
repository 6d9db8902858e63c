"""Sources and claims of PolNeAR annotated by hand: names, kinds, labels and offsets, no article text."""
