"""What is too old goes soon after a start, and what is set says when that is."""

import sqlite3
import time

from daemon import wait_for


def entries(daemon):
    """Rows of the block list, as they lie on the disk."""
    with sqlite3.connect(f"file:{daemon.state}?mode=ro", uri=True) as database:
        return {value.removesuffix("/32") for (value,) in database.execute("SELECT value FROM list_entry WHERE list = 'block'")}


def age(daemon, value, days):
    """Makes an entry one that ended so many days ago."""
    with sqlite3.connect(daemon.state) as database:
        names = (value, value + "/32")
        created = database.execute("SELECT created FROM list_entry WHERE value IN (?, ?)", names).fetchone()[0]
        second = created / time.time()
        ended = int(created - days * 86400 * second)
        database.execute("UPDATE list_entry SET expires = ? WHERE value IN (?, ?)", (ended, *names))


def test_what_is_too_old_goes_soon_after_the_start(make_daemon):
    daemon = make_daemon('[retention]\nexpired_list_entries = "3d"\n').start()
    daemon.ask("list add", list="block", values=["203.0.113.1", "203.0.113.2", "203.0.113.3"])
    daemon.stop()
    age(daemon, "203.0.113.1", 4)
    age(daemon, "203.0.113.2", 2)
    assert len(entries(daemon)) == 3
    daemon.start()
    wait_for(lambda: len(entries(daemon)) < 3)
    assert entries(daemon) == {"203.0.113.2", "203.0.113.3"}
    daemon.stop()
