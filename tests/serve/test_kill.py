"""kill -9 at random moments under load: what was answered is there after the restart."""

import os
import random
import time

from crash_book import (MOST_LEARNING_LOST, Book, ListKeeper, MailServer, Panel, Thief, check, open_read_only,
                        wait_for_the_panel)
from daemon import SEED, SLOWNESS, teach

ROUNDS = int(os.environ.get("POSTREEVE_CRASH_ROUNDS", "20"))


def one_life(daemon, book, life, dice):
    crew = [ListKeeper(daemon, book, 0, life), ListKeeper(daemon, book, 1, life), MailServer(daemon, book, 2, life)]
    victims = [f"victim{life}.{i}@x.example" for i in range(3)]
    if life % 3 == 0:
        teach(daemon, victims)
        crew.append(Thief(daemon, book, 4, life, victims))
    for worker in crew:
        worker.start()
    time.sleep(dice.uniform(2.2, 3.2) if life % 6 == 1 else dice.uniform(0.05, 0.9))
    killed = time.monotonic()
    daemon.kill()
    for worker in crew:
        worker.join()
        if worker.fault:
            raise worker.fault
    return killed


def test_what_was_acknowledged_survives_kill_9(make_daemon, tmp_path):
    dice = random.Random(SEED)
    panel = Panel(tmp_path)
    daemon = make_daemon(settings=panel.settings()).start()
    book = Book()
    lost, slowest, began = 0, 0.0, time.monotonic()
    for life in range(ROUNDS):
        killed = one_life(daemon, book, life, dice)
        if dice.random() < 0.3:  # also while it starts
            daemon.launch()
            time.sleep(dice.uniform(0, 0.12) * SLOWNESS)
            daemon.kill()
        start = time.monotonic()
        daemon.start()
        slowest = max(slowest, time.monotonic() - start)
        connection = open_read_only(daemon)
        lost += check(daemon, book, killed, connection)
        if life % 5 == 4:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    print(f"{ROUNDS} kills in {time.monotonic() - began:.0f} s, {book.answers} answers, {len(book.restricted)} thefts stopped, "
          f"{lost} accounts of the last {MOST_LEARNING_LOST:g} s forgotten, slowest start {slowest:.2f} s")
    assert len(book.restricted) >= ROUNDS // 10
    wait_for_the_panel(daemon, book, panel)
    daemon.stop()
