"""Several machines on one Redis judge an account as one; without Redis each goes on by itself."""

import random
import subprocess
import threading
import time
import types

import pytest

from daemon import OFFICE, SEED, SLOWNESS, THIEF, PolicyClient, Refused, http, teach, wait_for
from private_servers.machine import free_port
from redis_server import Redis, use


@pytest.fixture
def redis(tmp_path):
    # What it has written outlives its kill without a sync, for which a busy disk takes longer than a node waits.
    server = Redis(tmp_path / "redis", "--appendonly", "yes", "--appendfsync", "no")
    yield server
    server.resume()
    server.kill()


@pytest.fixture
def nodes(make_daemon, redis, tmp_path):
    return [use(make_daemon(name=name), redis, tmp_path / "key").start() for name in ("first", "second")]


def first_word(answer):
    return answer.split()[0]


def run_of(account, thief, messages=30):
    """The owner's usual mail, then a thief's run to strangers."""
    for i in range(4):
        yield account, f"contact{i}@y.example", OFFICE, f"{account}.own{i}"
    for i in range(messages):
        yield account, f"stranger{i}@victims{i % 7}.example", thief, f"{account}.run{i}"


def test_mail_split_at_random_gets_the_verdicts_of_one_node(make_daemon, nodes):
    alone = make_daemon(name="alone").start()
    chance = random.Random(SEED)
    accounts = [f"user{i}@x.example" for i in range(4)]  # fewer than blow the fuse, which nodes know a second late
    for account in accounts:
        teach(alone, [account])
        teach(chance.choice(nodes), [account])
    with PolicyClient(alone) as one, PolicyClient(nodes[0]) as first, PolicyClient(nodes[1]) as second:
        for number, account in enumerate(accounts):
            thief = THIEF if number % 2 else f"198.51.100.{number + 1}"
            answers = [(first_word(one.ask(*step[:2], client=step[2], instance=step[3])),
                        first_word(chance.choice((first, second)).ask(*step[:2], client=step[2], instance=step[3])))
                       for step in run_of(account, thief)]
            assert [a for a, _ in answers] == [b for _, b in answers], (account, answers)
            assert answers[0][0] == "DUNNO" and answers[-1][0] != "DUNNO", answers
            expected = alone.ask("account standing", account=account)["standing"]
            assert all(node.ask("account standing", account=account)["standing"] == expected for node in nodes)
    for node in nodes:
        wait_for(lambda: 1 <= node.ask("status")["accounts"] <= len(accounts))  # it asks Redis once a second
        status = node.ask("status")
        assert status["redis"]["state"] == "up" and status["redis"]["judged_alone"] == 0, status


def test_mail_in_flight_on_both_nodes_is_counted_once_each(nodes):
    account = "busy@x.example"
    teach(nodes[0], [account])
    faults = []

    def send(node, number):
        try:
            with PolicyClient(node) as client:
                for i in range(40):
                    client.ask(account, f"stranger{number}.{i}@victims.example", client=THIEF, instance=f"{number}.{i}")
        except Exception as fault:
            faults.append(fault)

    senders = [threading.Thread(target=send, args=(nodes[i % 2], i)) for i in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert not faults, faults
    levels = {node.ask("account standing", account=account)["standing"] for node in nodes}
    assert len(levels) == 1 and levels <= {"slowed", "held", "suspended"}, levels
    assert sum(node.ask("status")["redis"]["judged_again"] for node in nodes) > 0


def test_an_order_on_one_node_holds_on_the_other_at_its_next_request(nodes):
    account = "ordered@x.example"
    teach(nodes[0], [account])
    with PolicyClient(nodes[1]) as client:
        assert client.ask(account, "contact0@y.example", client=OFFICE, instance="1") == "DUNNO"
        nodes[0].ask("account suspend", account=account, reason="told by phone")
        assert first_word(client.ask(account, "contact0@y.example", client=OFFICE, instance="2")) != "DUNNO"
        nodes[0].ask("account release", account=account, reason="was a mistake")
        assert client.ask(account, "contact0@y.example", client=OFFICE, instance="3") == "DUNNO"


def test_mail_goes_on_while_redis_is_away_and_standings_stay(nodes, redis):
    node, account, other = nodes[0], "kept@x.example", "honest@x.example"
    teach(node, [account, other])
    node.ask("account suspend", account=account, reason="it was stolen")
    with PolicyClient(node) as client:
        redis.kill()
        for i in range(20):
            begin = time.monotonic()
            assert client.ask(other, "contact0@y.example", client=OFFICE, instance=f"o{i}") == "DUNNO"
            assert first_word(client.ask(account, "contact0@y.example", client=OFFICE, instance=f"s{i}")) != "DUNNO"
            assert time.monotonic() - begin < 5 * SLOWNESS
        wait_for(lambda: node.ask("status")["redis"]["state"] == "down")
        wait_for(lambda: "Redis does not answer" in node.log())
        assert b"postreeve_redis_up 0" in http(node, "metrics", "GET", "/metrics")[1]
        redis.start()
        wait_for(lambda: node.ask("status")["redis"]["state"] == "up")
        wait_for(lambda: "Redis answers again" in node.log())
        assert first_word(client.ask(account, "contact0@y.example", client=OFFICE, instance="after")) != "DUNNO"
    with PolicyClient(nodes[1]) as client:
        assert first_word(client.ask(account, "contact0@y.example", client=OFFICE, instance="there")) != "DUNNO"


def test_a_redis_that_takes_no_writes_counts_as_away(nodes, redis):
    """The owner's mail goes on, a suspension holds, and what a thief does is added up although nothing can be written."""
    node, account, stolen = nodes[0], "kept@x.example", "stolen@x.example"
    teach(node, [account, stolen])
    node.ask("account suspend", account=account, reason="it was stolen")
    redis.cli("config", "set", "maxmemory", "1")
    wait_for(lambda: "it takes no writes: OOM" in node.log())
    assert b"postreeve_redis_up 0" in http(node, "metrics", "GET", "/metrics")[1]
    with PolicyClient(node) as client:
        assert first_word(client.ask(account, "contact0@y.example", client=OFFICE, instance="1")) != "DUNNO"
        answers = [first_word(client.ask(*step[:2], client=step[2], instance=step[3])) for step in run_of(stolen, THIEF)]
        assert answers[0] == "DUNNO" and answers[-1] != "DUNNO", answers
        redis.cli("config", "set", "maxmemory", "0")
        wait_for(lambda: node.ask("status")["redis"]["state"] == "up")
        wait_for(lambda: "Redis answers again" in node.log())
        assert first_word(client.ask(account, "contact0@y.example", client=OFFICE, instance="2")) != "DUNNO"
    with PolicyClient(nodes[1]) as client:
        for other in (account, stolen):
            wait_for(lambda: first_word(client.ask(other, "contact0@y.example", client=OFFICE, instance=other)) != "DUNNO")
    assert b"postreeve_redis_up 1" in http(node, "metrics", "GET", "/metrics")[1]


def test_nothing_is_forgotten_while_redis_is_away(nodes, redis):
    node, account = nodes[0], "gone@x.example"
    teach(node, [account])
    redis.kill()
    with pytest.raises(Refused) as refused:
        node.ask("account forget", account=account, reason="she asked for it")
    assert refused.value.code == "unavailable", refused.value
    redis.start()
    wait_for(lambda: node.ask("status")["redis"]["state"] == "up")
    assert node.ask("account export", account=account)["habits"]["messages_a_day"] > 0
    node.ask("account forget", account=account, reason="she asked for it")
    for each in nodes:
        habits = each.ask("account export", account=account)["habits"]
        assert habits is None or habits["messages_a_day"] == 0, habits


def test_a_suspension_outlives_a_damaged_record(nodes, redis):
    """Also that of a node which never saw the account, and has a ledger of its own, which does not know of it."""
    account = "damaged@x.example"
    teach(nodes[0], [account])
    nodes[0].ask("account suspend", account=account, reason="it was stolen")
    (record,) = (key for key in redis.cli("--scan", "--pattern", "pr:{*}r").split() if key.endswith("}r"))
    redis.cli("setrange", record, "20", "rubbish")
    with PolicyClient(nodes[1]) as has_no_copy, PolicyClient(nodes[0]) as has_one:
        has_no_copy.ask(account, "contact0@y.example", client=OFFICE, instance="first")
        has_one.ask(account, "contact0@y.example", client=OFFICE, instance="second")
        wait_for(lambda: all(node.ask("account standing", account=account)["standing"] == "suspended" for node in nodes))
        for number, client in enumerate((has_no_copy, has_one)):
            assert first_word(client.ask(account, "contact0@y.example", client=OFFICE, instance=f"l{number}")) != "DUNNO"
    assert "damaged" in nodes[0].log()


def test_a_redis_that_says_nothing_delays_no_answer_for_long(nodes, redis):
    account = "patient@x.example"
    teach(nodes[0], [account])
    redis.pause()
    with PolicyClient(nodes[0]) as client:
        for i in range(50):
            begin = time.monotonic()
            assert client.ask(account, "contact0@y.example", client=OFFICE, instance=f"{i}") == "DUNNO"
            # A record, its network's counters, the traits of a stranger: a quarter of a second each at most.
            assert time.monotonic() - begin < 2 * SLOWNESS
    redis.resume()
    wait_for(lambda: nodes[0].ask("status")["redis"]["state"] == "up")


def test_serve_starts_without_redis_and_uses_it_once_it_is_there(make_daemon, redis, tmp_path):
    redis.kill()
    node = use(make_daemon(name="early"), redis, tmp_path / "key").start()
    with PolicyClient(node) as client:
        assert client.ask("early@x.example", "a@y.example", client=OFFICE, instance="1") == "DUNNO"
        redis.start()
        wait_for(lambda: node.ask("status")["redis"]["state"] == "up")
        assert client.ask("early@x.example", "a@y.example", client=OFFICE, instance="2") == "DUNNO"
    wait_for(lambda: node.ask("status")["accounts"] == 1)


@pytest.fixture
def guarded(tmp_path):
    """A Redis that speaks TLS and lets nobody in without its password."""
    key, certificate, port = tmp_path / "redis.pem", tmp_path / "redis-ca.pem", free_port()
    subprocess.run(["openssl", "req", "-x509", "-days", "2", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-subj", "/CN=redis", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    server = Redis(tmp_path / "guarded", "--tls-port", str(port), "--tls-cert-file", certificate, "--tls-key-file", key,
                   "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no", "--requirepass", "the secret")
    yield types.SimpleNamespace(url=f"rediss://127.0.0.1:{port}", certificate=certificate,
                                ask=lambda *words: server.cli("-a", "the secret", *words).strip())
    server.kill()


def over_tls(daemon, guarded, folder, password):
    secret = folder / f"{daemon.folder.name}.password"
    secret.write_text(password + "\n")
    secret.chmod(0o600)
    return use(daemon, guarded, folder / "key", f'redis_password_file = "{secret}"\nredis_ca_file = "{guarded.certificate}"\n')


def test_records_are_on_a_redis_with_tls_and_a_password(make_daemon, guarded, tmp_path):
    node = over_tls(make_daemon(name="let-in"), guarded, tmp_path, "the secret").start()
    account = "private@x.example"
    teach(node, [account])
    node.ask("account suspend", account=account, reason="told by phone")
    wait_for(lambda: node.ask("status")["redis"]["state"] == "up")
    assert guarded.ask("hget", "pr:count", "accounts") == "1"
    stranger = over_tls(make_daemon(name="stranger"), guarded, tmp_path, "another one").start()
    wait_for(lambda: "WRONGPASS" in stranger.log())
    assert stranger.ask("status")["redis"]["state"] == "down"
    assert "another one" not in stranger.log() and "the secret" not in node.log()


def test_a_node_with_another_key_does_not_start(make_daemon, nodes, redis, tmp_path):
    node = use(make_daemon(name="third"), redis, tmp_path / "other-key")
    node.launch()
    assert node.process.wait(20 * SLOWNESS) != 0
    assert "key_file" in node.log(), node.log()


def test_check_config_says_where_an_address_of_redis_is_wrong(make_daemon):
    daemon = make_daemon(gates=())
    daemon.config.write_text('[state]\nredis = "127.0.0.1:6379"\nredis_password_file = "/no/such/file"\n')
    checked = daemon.command("check-config")
    assert checked.returncode != 0
    assert "postreeve.toml:2:" in checked.stderr and "redis://" in checked.stderr, checked.stderr
    assert "postreeve.toml:3:" in checked.stderr, checked.stderr
