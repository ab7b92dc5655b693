"""A master of a Redis Cluster is killed while two nodes judge mail: its replica takes over, and nobody notices."""

import pytest

from daemon import teach
from redis_cluster import RedisCluster
from traffic import ROUNDS, Book, Honest, Postmaster, check_once, check_standings, during, level_at, steal

# A site with this many accounts: thefts of all rounds in one hour are nothing that the fuse takes for a fault of ours.
SITE = "1000000"
THEFTS = 3  # a round


@pytest.fixture
def redis(tmp_path):
    cluster = RedisCluster(tmp_path / "redis")
    yield cluster
    cluster.end()


def kill_and_let_them_vote(redis, master, meanwhile):
    replica = redis.replica_of(master)
    master.kill()
    meanwhile()
    redis.wait_for_takeover(replica)


def kill_with_what_nobody_else_has(redis, master, meanwhile):
    """Replication is asynchronous: what was written last is lost with the master."""
    replica = redis.replica_of(master)
    redis.cut_replica_off(replica)
    meanwhile()
    master.kill()
    redis.take_over(replica)


def test_a_killed_master_costs_no_wrong_suspension_and_no_standing(make_cluster, server, redis):
    cluster = make_cluster(server)
    redis.masters()[0].cli("-c", "hincrby", "pr:count", "active", SITE)
    nodes = [cluster.node(name, redis=redis.url) for name in ("one", "two")]
    book = Book()
    owners = [f"owner{number}@x.example" for number in range(9)]
    teach(nodes[0], owners)
    for number in range(max(1, ROUNDS * 2 // 5)):
        victims = [f"victim{number}.{theft}@x.example" for theft in range(2 * THEFTS)]
        suspects = [f"suspect{number}.{order}@x.example" for order in range(9)]
        teach(nodes[number % 2], victims)
        for victim in victims:
            assert [level_at(node, victim) for node in nodes] == ["clear", "clear"]  # whoever sends has been seen
        master = redis.masters()[book.random.randrange(3)]

        def meanwhile():
            for victim in victims[:THEFTS]:
                assert steal(book, nodes, victim), f"{victim}'s thief was not stopped"
            for suspect in suspects:
                Postmaster(book, nodes, "").order(nodes[0], suspect)

        def fault():
            (kill_with_what_nobody_else_has if number % 2 else kill_and_let_them_vote)(redis, master, meanwhile)
            for victim in victims[THEFTS:]:
                assert steal(book, nodes, victim), f"{victim}'s thief was not stopped"
            master.start()
            redis.wait_until_whole()

        during([Honest(book, nodes[0], owners), Honest(book, nodes[1], owners), Postmaster(book, nodes, f"order{number}.")], fault)
        check_standings(book, cluster)
        check_once(cluster, book)
    for node in nodes:
        assert node.ask("status")["redis"]["cluster"]
        node.stop()
