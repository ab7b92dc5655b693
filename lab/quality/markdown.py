"""Numbers and tables as Markdown."""


def percent(share, digits=1):
    return f"{100 * share:.{digits}f} %"


def percents(pair, digits=1):
    return f"{100 * pair[0]:.{digits}f}-{100 * pair[1]:.{digits}f}"


def number(value):
    """Whole where it is whole or large."""
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.1f}"


def numbers(pair):
    return f"{number(pair[0])}-{number(pair[1])}"


def seconds(value):
    if value < 120:
        return f"{value:.0f} s"
    if value < 7200:
        return f"{value / 60:.0f} min"
    return f"{value / 3600:.0f} h" if value < 172800 else f"{value / 86400:.1f} d"


def met(is_met):
    return "yes" if is_met else "**no**"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"
