"""The network between one of two nodes and their Redis, their PostgreSQL or both is cut, silent, slow or torn, and healed."""

import contextlib
import os
import threading

import pytest

from daemon import OFFICE, PolicyClient, teach
from network import Cable, Forwarder, Forwarders, SOURCE, own_network
from private_servers.machine import wait_for
from redis_server import Redis
from traffic import PATIENCE, ROUNDS, Book, Honest, Postmaster, check_once, check_standings, during, level_at, steal

SITE = "1000000"  # accounts: the fuse does not mind some thefts a minute
METERED = "anna@metered.example"  # a limit counts her mail in Redis, and nobody else's; she never reaches it
LIMIT = ('[[tenant]]\nname = "metered"\ndomains = ["metered.example"]\n'
         '[[limit]]\nname = "meter"\ntenants = ["metered"]\ncount = "recipients"\nrate = "1000000/1d"\n')


class World:
    """One node beside Redis and the ledger, one at the end of a way to Redis, to the ledger or both that can be cut."""

    def __init__(self, cluster, redis, way, cuts=("redis",)):
        self.cluster, self.redis, self.way, self.cuts = cluster, redis, way, cuts
        redis.cli("hincrby", "pr:count", "active", SITE)
        self.near = cluster.node("near", redis=redis.url)
        self.far = cluster.node("far", redis="redis://" + way.address_of(redis.port) if "redis" in cuts else redis.url,
                                ledger_at=way.address_of(cluster.server.port) if "ledger" in cuts else None,
                                listen=f"unix:{cluster.folder}/far/policy.sock", **way.launching)
        self.nodes = [self.near, self.far]

    def states(self):
        """Of what the way leads to, for the far node."""
        status = self.far.ask("status")
        ledger = status.get("ledger", {})
        states = {"redis": status["redis"]["state"], "ledger": "up" if ledger.get("up") and not ledger["spooled"] else "down"}
        return [states[end] for end in self.cuts]

    def wait_until(self, state):
        wait_for(lambda: set(self.states()) == {state}, PATIENCE, lambda: f"{self.cuts} are {self.states()} for the far node")

    def cut(self):
        self.way.cut()
        self.wait_until("down")

    def heal(self):
        self.way.heal()
        self.wait_until("up")
        wait_for(lambda: self.far.log().count("Redis answers again") == self.far.log().count("Redis does not answer"),
                 PATIENCE, "it does not say that Redis is back")

    def counted(self):
        """What Redis has of the metered mail."""
        keys = self.redis.cli("keys", "pr:{l" + 11 * "?" + "}[0-9]*").split()
        return sum(int(self.redis.cli("get", key)) for key in keys)

    @staticmethod
    def send(node, count):
        with PolicyClient(node) as client:
            for _ in range(count):
                number = next(NUMBERS)
                answer = client.ask(METERED, f"contact{number % 4}@y.example", client=OFFICE, instance=f"m{number}")
                assert answer == "DUNNO", answer
        return count


NUMBERS = iter(range(1 << 40))
# Set where they are known to work: a cable that is none would be a test that nobody made.
NEEDS_NAMESPACES = os.environ.get("POSTREEVE_NEEDS_NAMESPACES")


@pytest.fixture
def network():
    """Everything is on a network of its own, with a cable to another one; where that is forbidden, a forwarder is the cable."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(own_network())
            way = Cable()
        except (OSError, RuntimeError) as forbidden:
            if NEEDS_NAMESPACES:
                raise
            print(f"no network namespaces here ({forbidden}): forwarders stand for the cable")
            way = Forwarders()
        stack.callback(way.end)
        yield way


@pytest.fixture
def redis(tmp_path):
    # On all addresses: the cable's, too.
    server = Redis(tmp_path / "redis", "--bind", "0.0.0.0", "--protected-mode", "no")
    yield server
    server.kill()


def order(book, node, account, verb):
    node.ask(f"account {verb}", account=account, reason=book.fresh(f"{verb} "))


def test_of_two_standings_the_more_severe_wins_and_nothing_counts_twice(network, redis, make_cluster):
    """Each node has a ledger of its own, so that Redis alone tells them of each other."""
    world = World(make_cluster(more=LIMIT), redis, network)
    near, far = world.near, world.far
    book = Book()
    owners = [f"owner{number}@x.example" for number in range(6)]
    teach(near, [*owners, METERED])
    counted = world.counted()
    for number in range(max(1, ROUNDS // 10)):
        milder, worse, kept = (f"{name}{number}@x.example" for name in ("milder", "worse", "kept"))
        for account in (milder, worse, kept):
            assert level_at(far, account) == level_at(near, account) == "clear"
        order(book, near, kept, "suspend")
        assert level_at(far, kept) == "suspended"
        counted += world.send(far, 20) + world.send(near, 20)

        def fault():
            world.cut()
            assert level_at(far, kept) == "suspended"
            # Of each account both decide something, and neither knows of the other.
            order(book, near, milder, "suspend")
            order(book, far, worse, "suspend")
            order(book, far, milder, "hold")
            order(book, near, worse, "hold")
            world.send(far, 20)
            world.heal()

        during([Honest(book, near, owners), Honest(book, far, owners)], fault)
        book.levels.update(dict.fromkeys((milder, worse, kept), {"suspended"}))
        counted += world.send(far, 20) + world.send(near, 20)
        check_standings(book, world.cluster)
        assert world.counted() == counted, "counted twice, or not at all"


def known_on_both_sides(world, accounts):
    teach(world.near, accounts)
    for account in accounts:
        assert level_at(world.far, account) == "clear"  # whoever sends has been seen
    return accounts


def test_a_thief_on_both_sides_of_the_cut_is_stopped_once(network, redis, server, make_cluster):
    """With one ledger a node that is cut off from Redis still learns what the other decided."""
    server.connection = server.connection.replace("host=127.0.0.1", f"host={server.folder}")  # the cut is Redis's alone
    world = World(make_cluster(server), redis, network)
    book = Book()
    owners = [f"owner{number}@x.example" for number in range(6)]
    teach(world.near, owners)
    for number in range(max(1, ROUNDS // 10)):
        victims = known_on_both_sides(world, [f"victim{number}.{theft}@x.example" for theft in range(3)])

        def fault():
            world.cut()
            for victim in victims:
                thieves = [threading.Thread(target=steal, args=(book, [node], victim)) for node in world.nodes]
                for thief in thieves:
                    thief.start()
                for thief in thieves:
                    thief.join()
                assert victim in book.stolen
            world.heal()

        during([Honest(book, node, owners) for node in world.nodes], fault)
        check_standings(book, world.cluster)
        check_once(world.cluster, book)


def thefts_and_orders_on_both_sides(world):
    """Each side has accounts of its own: whose word was the last neither can know (docs/redis.md, limits)."""
    book = Book()
    owners = [f"owner{number}@x.example" for number in range(6)]
    teach(world.near, owners)
    for number in range(max(1, ROUNDS // 10)):
        victims = known_on_both_sides(world, [f"victim{number}.{theft}@x.example" for theft in range(4)])

        def fault():
            world.cut()
            for node, theirs in ((world.near, victims[::2]), (world.far, victims[1::2])):
                for victim in theirs:
                    assert steal(book, [node], victim), f"{victim}'s thief was not stopped"
            world.heal()

        workers = [worker for side, node in enumerate(world.nodes)
                   for worker in (Honest(book, node, owners), Postmaster(book, [node], f"order{side}."))]
        during(workers, fault)
        check_standings(book, world.cluster)
        check_once(world.cluster, book)


def test_a_node_that_is_cut_off_from_the_ledger_alone_spools_and_tells_it_once(redis, server, make_cluster):
    way = Forwarder()
    thefts_and_orders_on_both_sides(World(make_cluster(server, ledger_timeout="1s"), redis, way, ["ledger"]))
    way.end()


def test_a_node_that_is_cut_off_from_redis_and_ledger_at_once_goes_on_alone(network, redis, server, make_cluster):
    server.admit(f"{SOURCE}/32")
    thefts_and_orders_on_both_sides(World(make_cluster(server, ledger_timeout="1s"), redis, network, ["redis", "ledger"]))


def test_connections_that_break_and_answers_that_are_late_count_nothing_twice(redis, make_cluster):
    way = Forwarder()
    world = World(make_cluster(more=LIMIT), redis, way)
    teach(world.near, [METERED])
    sent, lost = world.counted(), 0
    for _ in range(max(1, ROUNDS // 10)):
        # What is lost was done as a rule, and nobody knows; nor whether it was done at all.
        for _ in range(10):
            way.torn_after = 1 + sent % 7
            sent += world.send(world.far, 5)
            lost += 5 if way.torn_after == 0 else 0
        way.torn_after = 0
        assert sent - lost <= world.counted() <= sent
        before, way.delay = world.counted(), 0.4  # longer than a node waits
        late = world.send(world.far, 5)
        way.delay = 0
        world.wait_until("up")
        sent += world.send(world.far, 5) + late
        lost += late
        assert before + 5 <= world.counted() <= before + late + 5
    way.end()
