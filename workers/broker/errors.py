"""What goes wrong when a broker is to be found, installed or started."""


class BrokerError(Exception):
    """No broker, for a reason that one line tells; nothing was left running."""
