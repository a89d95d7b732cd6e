"""The pieces of Markdown that the report and the card are put together from."""

from .table import Table


def table(found: Table) -> str:
    """Return a table, numbers to the right."""
    head = f"| {' | '.join(map(_cell, found.header))} |"
    rule = f"|---|{('---|' if found.is_prose else '---:|') * (len(found.header) - 1)}"
    return "\n".join([head, rule, *(f"| {' | '.join(map(_cell, row))} |" for row in found.rows)]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def code(text: str, language: str) -> str:
    """Return a block of code, fenced so that nothing in it ends it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def code_span(text: str) -> str:
    """Return a piece of code within a sentence, fenced so that nothing in it ends it."""
    fence = "`"
    while fence in text:
        fence += "`"
    return f"{fence}{text}{fence}" if fence == "`" else f"{fence} {text} {fence}"


def bullets(sentences: list[str]) -> str:
    """Return a list; empty sentences are left out."""
    return "\n".join(f"- {sentence}" for sentence in sentences if sentence) + "\n"


def picture(name: str, caption: str, folder: str = "plots") -> str:
    """Return a plot with its caption, which leads to the drawing that scales."""
    return f"![{caption}]({folder}/{name}.png)\n\n*{caption} ([SVG]({folder}/{name}.svg)).*\n"


def section(title: str, *texts: str, level: int = 2) -> str:
    """Return a heading with what follows it; nothing where nothing follows."""
    body = "\n".join(text.strip("\n") + "\n" for text in texts if text.strip())
    return f"{'#' * level} {title}\n\n{body}" if body else ""
