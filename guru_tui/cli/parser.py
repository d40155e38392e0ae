"""How the arguments of a command are read; apart from the rest, because the app has none and starts without."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from guru_tui.cli.registry import COMMANDS


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence that names the remedy; status 2."""

    def error(self, message: str) -> NoReturn:
        """Print the complaint and end with status 2."""
        self.exit(2, f"guru: {message}; see {self.prog} --help\n")


def read(name: str, arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments of the command `name`; its module is imported and says which there are and what runs it."""
    module = import_module(f"guru_tui.cli.{COMMANDS[name].module}")
    parser = Parser(prog=f"guru {name}", formatter_class=argparse.RawDescriptionHelpFormatter)
    module.configure(name, parser)
    return parser.parse_args(arguments)
