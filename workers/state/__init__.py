"""The database behind the stages: one interface, effects and outgoing records in one transaction."""
