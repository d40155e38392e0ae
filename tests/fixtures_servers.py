"""Real servers on loopback, as fixtures."""
