"""What a command says on standard error: one line, whatever happened."""

import os
import sys


def complain(message: str) -> None:
    """Write a line; nobody may be listening any more."""
    line = " ".join(message.split())
    try:
        sys.stderr.write(f"warpsmith: {line}\n")
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
