"""claimwire: a stream of raw news articles becomes who-said-what, while it happens."""

__version__ = "0.1.0"
