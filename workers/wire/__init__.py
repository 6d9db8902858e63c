"""Bytes to values and back; bad input is answered with a Reject, never an exception."""
