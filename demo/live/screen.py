"""What is shown: a line for each thing that happens, with the seconds since the beginning."""

import sys
import time

RED, GREEN, YELLOW, BOLD = "31", "32", "33", "1"


class Screen:
    def __init__(self, out=sys.stdout, pace=1.0):
        self._out, self._pace = out, pace
        self._begin = time.monotonic()

    def seconds(self):
        return time.monotonic() - self._begin

    def _coloured(self, text, colour):
        return f"\033[{colour}m{text}\033[0m" if colour and self._out.isatty() else text

    def title(self, text):
        print(f"\n{self._coloured(text, BOLD)}\n", file=self._out, flush=True)
        self.pause(1.0)

    def happens(self, who, where, what, became, colour=GREEN):
        line = f"{self.seconds():6.1f}s  {who:<9}{where:<24}{what:<42}"
        print(line + self._coloured(became, colour), file=self._out, flush=True)
        self.pause(0.25)

    def banner(self, lines):
        width = max(map(len, lines)) + 4
        print("\n" + self._coloured("=" * width, YELLOW), file=self._out)
        for line in lines:
            print(self._coloured(f"  {line}", YELLOW), file=self._out)
        print(self._coloured("=" * width, YELLOW) + "\n", file=self._out, flush=True)
        self.pause(2.5)

    def text(self, text):
        print(text, file=self._out, flush=True)

    def pause(self, seconds):
        time.sleep(seconds * self._pace)
