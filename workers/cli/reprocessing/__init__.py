"""The steps of ``claimwire reprocess``: shadow topics, a worker on them, and the difference it makes."""
