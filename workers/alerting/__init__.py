"""Rules as data and alerts as decisions: pure functions, no input or output, no clock."""
