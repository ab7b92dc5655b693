"""A thief who writes through both nodes at once gets out no more than through one, but for what is in flight."""

import itertools
import threading

import pytest

from daemon import OFFICE, SLOWNESS, PolicyClient, policy_request, teach
from redis_server import Redis
from traffic import RESTRICTED, level_at

SITE = "1000000"  # accounts: the fuse does not mind some thefts a minute
CONNECTIONS = 8  # to the two nodes together
MESSAGES = 100
THEFTS = 3  # of each shape
LIMIT = 40
LIMITED = ('[[tenant]]\nname = "limited"\ndomains = ["limited.example"]\n'
           f'[[limit]]\nname = "hourly"\ntenants = ["limited"]\ncount = "messages"\nrate = "{LIMIT}/1h"\n')


class Message:
    """One message of a burst: whom it is to, and from where."""

    def __init__(self, account, number, recipients, client, helo):
        self.account, self.recipients, self.client, self.helo = account, recipients, client, helo
        self.instance = f"{account}.{number}"

    def asks(self, connection, state, recipient, count=0):
        connection.socket.sendall(policy_request(self.account, recipient, self.client, self.instance, state,
                                                 helo_name=self.helo, recipient_count=str(count)))
        return connection.answer().startswith(("DUNNO", "PREPEND"))

    def send(self, connection):
        """How many of its recipients get it."""
        accepted = sum(self.asks(connection, "RCPT", recipient) for recipient in self.recipients)
        return accepted if accepted and self.asks(connection, "DATA", "", accepted) else 0


def stolen_password(account, theft, number):
    return Message(account, number, [f"victim{number}@z{theft}x{number}.example"], f"203.0.113.{10 + theft}", "ylmf-pc")


def many_recipients(account, theft, number):
    victims = [f"person{number}.{i}@y{theft}x{i % 9}.example" for i in range(12)]
    return Message(account, number, victims, f"198.51.{100 + theft}.7", "win-server")


def botnet(account, theft, number):
    return Message(account, number, [f"name{number}@w{theft}x{number % 20}.example"], f"45.{20 + theft}.{number}.9",
                   f"host{number}")


def owners_program(account, theft, number):
    """As the owner's program says it is: only from where and to whom it writes gives it away."""
    return Message(account, number, [f"reader{number}@v{theft}x{number % 25}.example"], f"203.0.{60 + theft}.9", "laptop")


def owners_machine(account, theft, number):
    return Message(account, number, [f"reader{number}@v{theft}x{number % 25}.example"], OFFICE, "laptop")


SHAPES = (stolen_password, many_recipients, botnet, owners_program)


def burst(account, shape, theft, nodes, connections):
    """The messages and the recipients that get out of it, with each connection asked as soon as it has answered."""
    messages = iter([shape(account, theft, number) for number in range(MESSAGES)])
    lock = threading.Lock()
    begin = threading.Barrier(connections)
    out, faults = [], []

    def write(number):
        try:
            with PolicyClient(nodes[number % len(nodes)]) as connection:
                begin.wait(30 * SLOWNESS)
                while True:
                    with lock:
                        message = next(messages, None)
                    if message is None:
                        return
                    recipients = message.send(connection)
                    with lock:
                        out.append(recipients)
        except Exception as fault:
            faults.append(fault)
            begin.abort()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(connections)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not faults, faults
    assert len(out) == MESSAGES
    return sum(count > 0 for count in out), sum(out)


class World:
    """Nodes on a Redis and a PostgreSQL of their own."""

    def __init__(self, cluster, redis, names):
        redis.cli("hincrby", "pr:count", "active", SITE)
        self.cluster = cluster
        self.nodes = [cluster.node(name, redis=redis.url) for name in names]

    def incidents(self, account):
        return self.cluster.ask(f"SELECT id FROM incident WHERE account = '{account}'")


@pytest.fixture
def redis_servers(tmp_path):
    servers = [Redis(tmp_path / name, "--appendonly", "yes") for name in ("redis", "redis.alone")]
    yield servers
    for server in servers:
        server.kill()


def test_a_burst_through_both_nodes_gets_out_no_more_than_is_in_flight(make_cluster, server, redis_servers):
    two = World(make_cluster(server), redis_servers[0], ["one", "two"])
    alone = World(make_cluster(server), redis_servers[1], ["alone"])
    for shape, theft in itertools.product(SHAPES, range(THEFTS)):
        account = f"{shape.__name__}{theft}@x.example"
        for world in (alone, two):
            teach(world.nodes[0], [account])
        one_out, one_recipients = burst(account, shape, theft, alone.nodes, 1)
        both_out, both_recipients = burst(account, shape, theft, two.nodes, CONNECTIONS)
        told = (f"{account}: {one_out} messages to {one_recipients} recipients got out through one node, "
                f"{both_out} to {both_recipients} through two")
        print(told)
        assert one_out < MESSAGES / 2, told
        assert both_out <= one_out + CONNECTIONS, told
        # Recipients are judged one by one: so many of them are in flight, too.
        assert both_recipients <= one_recipients + CONNECTIONS * len(shape(account, theft, 0).recipients), told
        levels = {level_at(node, account) for node in two.nodes + alone.nodes}
        assert levels <= set(RESTRICTED) and len({level_at(node, account) for node in two.nodes}) == 1, (account, levels)
        assert len(two.incidents(account)) == len(alone.incidents(account)) == 1, account
    assert sum(node.ask("status")["redis"]["judged_again"] for node in two.nodes) > 0


def test_a_limit_is_exceeded_by_no_more_than_is_in_flight(make_cluster, server, redis_servers):
    two = World(make_cluster(server, more=LIMITED), redis_servers[0], ["one", "two"])
    for number in range(THEFTS):
        account = f"user{number}@limited.example"
        teach(two.nodes[0], [account])
        out, _ = burst(account, owners_machine, number, two.nodes, CONNECTIONS)
        print(f"{account}: {out} messages got out of a limit of {LIMIT}")
        assert LIMIT <= out <= LIMIT + CONNECTIONS, out
