"""The calendar of the recording: a clock that can be put forward, never back.

libfaketime adds the whole seconds in the offset file to the real clock of every
program that starts inside the lab, so all servers always agree on the time, and
time keeps its natural pace between two jumps.
"""

import os
import time
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


def warsaw(year: int, month: int, day: int, hour: float = 0.0) -> float:
    """Seconds since the epoch of a local time; of an hour that exists twice, the first."""
    minutes, seconds = divmod(round(hour * 3600), 60)
    return datetime(year, month, day, minutes // 60, minutes % 60, seconds, tzinfo=WARSAW).timestamp()


class Clock:
    def __init__(self, offset_file: Path, start: float):
        self._file = offset_file
        self._offset = 0
        self._set(int(start - time.time()))

    def now(self) -> float:
        return time.time() + self._offset

    def local(self) -> datetime:
        return datetime.fromtimestamp(self.now(), WARSAW)

    def advance_to(self, moment: float) -> None:
        """Jumps forward to `moment`; does nothing when it has passed already."""
        missing = moment - self.now()
        if missing > 0:
            self._set(self._offset + int(missing) + 1)

    def _set(self, offset: int) -> None:
        # Renamed into place: a server must never read half a number.
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{offset:+d}\n")
        os.replace(draft, self._file)
        self._offset = offset


def utc_text(moment: float) -> str:
    stamp = datetime.fromtimestamp(moment, timezone.utc)
    return stamp.isoformat(timespec="seconds").replace("+00:00", "Z")
