"""How two claims relate: pure functions, no input or output, no clock."""
