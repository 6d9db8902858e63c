"""One file a command group; parsing and printing only."""
