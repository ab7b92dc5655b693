"""PostgreSQL is stopped, killed or silent while two nodes judge mail, and comes back: what was acknowledged is there, once."""

import time

import pytest

from daemon import teach
from private_servers.machine import silence, wait_for
from redis_server import Redis
from traffic import PATIENCE, ROUNDS, Book, Honest, Postmaster, check_once, check_standings, during, steal

SITE = "1000000"  # accounts: the fuse does not mind some thefts a minute


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path / "redis", "--appendonly", "yes")
    yield server
    server.kill()


def stop(server):
    server.stop()
    return server.start


def kill(server):
    server.kill()
    return server.start


def is_up(node):
    ledger = node.ask("status")["ledger"]
    return ledger["up"] and ledger["spooled"] == 0


def counted(cluster, accounts):
    """What the ledger has counted of the accounts' recipients today; what they were taught is older."""
    names = ", ".join(f"'{account}'" for account in accounts)
    since = int(time.time() - 12 * 3600) * 1000
    return int(cluster.rows("SELECT COALESCE(SUM(recipients + refused), 0) FROM hourly_count"
                            f" WHERE account IN ({names}) AND hour > {since}")[0][0])


def test_a_server_that_goes_and_comes_costs_nothing_that_was_acknowledged(make_cluster, server, redis):
    cluster = make_cluster(server)
    redis.cli("hincrby", "pr:count", "active", SITE)
    nodes = [cluster.node(name, redis=redis.url) for name in ("one", "two")]
    book = Book()
    for number in range(max(1, ROUNDS * 3 // 10)):
        owners = [f"owner{number}.{name}@x.example" for name in range(4)]
        victims = [f"victim{number}.{name}@x.example" for name in range(3)]
        teach(nodes[0], [*owners, *victims])
        node_is_killed = number % 2 == 1

        def fault():
            come_back = (stop, kill, silence)[number % 3](server)
            wait_for(lambda: not any(is_up(node) for node in nodes), PATIENCE, "nobody noticed")
            for victim in victims:
                assert steal(book, nodes, victim), f"{victim}'s thief was not stopped"
            if node_is_killed:
                book.kills += 1
                nodes[1].kill()
                nodes[1].start()
            come_back()
            wait_for(lambda: all(is_up(node) for node in nodes), PATIENCE, lambda: nodes[0].log()[-2000:])

        # While the server is away nodes cannot tell each other whose word was the last: each has accounts of its own.
        workers = [worker(book, node, is_mortal=node_is_killed and node is nodes[1]) for node in nodes
                   for worker in (lambda *given, **more: Honest(*given, owners, **more),
                                  lambda given, node, **more: Postmaster(given, [node], f"order{nodes.index(node)}.", **more))]
        during(workers, fault)
        check_standings(book, cluster)
        check_once(cluster, book)
        if not node_is_killed:  # counts of a killed node's last seconds are lost
            answered = sum(book.answered[owner] for owner in owners)
            wait_for(lambda: counted(cluster, owners) == answered, PATIENCE,
                     lambda: f"{counted(cluster, owners)} recipients counted of {answered}")
    for node in nodes:
        node.stop()
