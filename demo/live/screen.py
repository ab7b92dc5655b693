"""What is shown: a line for each thing that happens, with the seconds since the beginning."""

import shlex
import sys
import textwrap
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
        self.pause(0.2)

    def banner(self, lines):
        width = max(map(len, lines)) + 4
        print("\n" + self._coloured("=" * width, YELLOW), file=self._out)
        for line in lines:
            print(self._coloured(f"  {line}", YELLOW), file=self._out)
        print(self._coloured("=" * width, YELLOW) + "\n", file=self._out, flush=True)
        self.pause(2.5)

    def entry(self, name, says):
        """What was done, in one line."""
        print(f"    {name:<12}{says}"[:150], file=self._out, flush=True)
        self.pause(0.3)

    def command(self, *words):
        print(f"    {self._coloured('$ postreeve ' + shlex.join(words), BOLD)}\n", file=self._out, flush=True)

    def letter(self, mail, lines=1000):
        """A mail as a person sees it; of a long one the beginning."""
        body = mail.get_body(("plain",)).get_content().splitlines()
        text = [f"From: {mail['From']}", f"To: {mail['To']}", f"Subject: {mail['Subject']}", "", *body[:lines]]
        self.quote("\n".join(text + (["..."] if len(body) > lines else [])))

    def quote(self, text):
        for line in text.splitlines():
            for part in textwrap.wrap(line, 116, subsequent_indent="  ") or [""]:
                print(f"    | {part}".rstrip(), file=self._out)
        self._out.flush()
        self.pause(2)

    def text(self, text):
        print(text, file=self._out, flush=True)

    def pause(self, seconds):
        time.sleep(seconds * self._pace)
