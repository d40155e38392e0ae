"""Run a solo practice from the terminal."""

__version__ = "0.1.0"
