"""The one table that bench/run prints."""

HEAD = ("what", "measured", "beside", "ratio or target", "met")


def nanoseconds(value):
    return f"{value:,.0f} ns"


def per_second(value):
    return f"{value / 1e6:.2f} M/s" if value >= 1e5 else f"{value / 1e3:.1f} k/s"


def verdict(is_met):
    return "yes" if is_met else "NO"


class Table:
    def __init__(self):
        self.rows = []

    def section(self, title):
        self.rows.append((title,))

    def add(self, what, measured, beside="", target="", is_met=None):
        self.rows.append((what, measured, beside, target, "" if is_met is None else verdict(is_met)))

    def print(self, machine):
        widths = [max(len(row[i]) for row in [HEAD, *self.rows] if len(row) > 1) for i in range(len(HEAD))]
        print(f"\n{machine}\n")
        print(self.line(HEAD, widths))
        print(self.line(["-" * width for width in widths], widths))
        for row in self.rows:
            print(f"\n{row[0]}" if len(row) == 1 else self.line(row, widths))
        judged = [row[4] for row in self.rows if len(row) > 1 and row[4]]
        print(f"\n{judged.count('yes')} of {len(judged)} targets met")

    @staticmethod
    def line(cells, widths):
        return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip()
