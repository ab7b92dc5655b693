"""Clients of weakforced, unchanged: what its published regression tests send, over one port with basic authentication;
and Dovecot with a header that only it knows."""

import base64
import http.client
import json

import pytest

from private_servers.clients import Place, try_login
from private_servers.dovecot import Dovecot
from private_servers.machine import wait_for
from private_servers.postreeve import Postreeve
from world import PASSWORD

KEY = "super"
BASIC = "Basic " + base64.b64encode(f"foo:{KEY}".encode()).decode()
MINUTE = 60


class Client:
    """As `requests.Session` asks: one connection, a JSON object each."""

    def __init__(self, port, authorization=BASIC):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._headers = {"Authorization": authorization} if authorization else {}

    def _answer(self):
        reply = self._connection.getresponse()
        return reply.status, json.loads(reply.read())

    def get(self, command):
        self._connection.request("GET", f"/?command={command}", headers=self._headers)
        return self._answer()

    def post(self, command, **fields):
        self._connection.request("POST", f"/?command={command}", json.dumps(fields),
                                 {**self._headers, "Content-Type": "application/json"})
        return self._answer()

    def post_in_chunks(self, command, **fields):
        text = json.dumps(fields).encode()
        self._connection.request("POST", f"/?command={command}", iter([text[:9], text[9:]]),
                                 {**self._headers, "Content-Type": "application/json", "Transfer-Encoding": "chunked"},
                                 encode_chunked=True)
        return self._answer()

    def allow(self, login, remote, pwhash="1234", **more):
        asked = {"attrs": {}, "device_id": "", "protocol": "", "tls": False} | more
        status, answer = self.post("allow", login=login, remote=remote, pwhash=pwhash, **asked)
        assert status == 200 and isinstance(answer["msg"], str) and isinstance(answer["r_attrs"], dict)
        return answer["status"]

    def report(self, login, remote, pwhash, success, **more):
        asked = {"attrs": {}, "device_id": "", "protocol": ""} | more
        return self.post("report", login=login, remote=remote, pwhash=pwhash, success=success, **asked)


OK = (200, {"status": "ok"})


def guarded(world, name, settings):
    folder = world.folder / name
    folder.mkdir()
    (folder / "password").write_text(KEY + "\n")
    settings += f'password_file = "{folder}/password"\n'
    return world.add(Postreeve(folder, "enforce", [world.geography], gate_settings={"auth_policy": settings}))


@pytest.fixture(scope="module")
def postreeve(world):
    return guarded(world, "weakforced", "")


@pytest.fixture
def client(postreeve):
    return Client(postreeve.ports["auth_policy"])


def test_who_has_no_password_is_told_so(postreeve):
    for authorization in (None, "Basic " + base64.b64encode(b"foo:wrong").decode(), "Basic %%%"):
        status, answer = Client(postreeve.ports["auth_policy"], authorization).get("stats")
        assert status == 401 and answer["status"] == "failure"


def test_every_command_on_one_connection(client):
    assert client.get("ping") == OK
    assert client.allow("goodie", "198.51.100.14") == 0
    assert client.report("goodie", "198.51.100.14", "1234", True) == OK
    assert client.post("addBLEntry", ip="198.51.100.77", expire_secs=MINUTE, reason="test") == OK
    assert client.get("getBL")[1]["bl_entries"][0]["ip"] == "198.51.100.77/32"
    assert client.post("delBLEntry", ip="198.51.100.77") == OK
    assert client.post("addWLEntry", login="friend", expire_secs=MINUTE, reason="test") == OK
    assert client.get("getWL")[1]["wl_entries"][0]["login"] == "friend"
    assert client.post("delWLEntry", login="friend") == OK
    assert client.post("reset", login="goodie", ip="198.51.100.14") == OK
    assert client.post("getDBStats", login="goodie")[1]["login"] == "goodie"
    stats = client.get("stats")[1]
    assert stats["allows"] >= 1 and stats["reports"] >= 1 and stats["commandstats"]["addBLEntry"] >= 1


@pytest.mark.parametrize("entry, remote", [({"ip": "192.0.2.14"}, "192.0.2.14"), ({"netmask": "198.18.0.0/15"}, "198.19.7.1"),
                                           ({"ip": "2001:503:ba3e::2:30"}, "2001:503:ba3e::2:30"),
                                           ({"netmask": "2001:504::/32"}, "2001:504:7::1"), ({"login": "goodie"}, "192.0.2.99")])
def test_what_is_blocked_is_refused_until_it_is_taken_off(client, entry, remote):
    assert client.allow("goodie", remote) == 0
    assert client.post("addBLEntry", expire_secs=MINUTE, reason="test blacklist", **entry) == OK
    assert client.allow("goodie", remote) == -1
    assert client.allow("goody", "192.0.2.200") == 0
    assert client.post("delBLEntry", **entry) == OK
    assert client.allow("goodie", remote) == 0


def test_the_allow_list_goes_before_the_block_list(client):
    assert client.post("addBLEntry", netmask="203.0.113.0/24", expire_secs=MINUTE, reason="bad neighbourhood") == OK
    assert client.post("addWLEntry", ip="203.0.113.9", expire_secs=MINUTE, reason="but not he") == OK
    assert client.allow("goodie", "203.0.113.9") == 0
    assert client.allow("goodie", "203.0.113.10") == -1


def test_a_guesser_is_refused_and_forgiven_by_reset(client):
    for i in range(10):
        assert client.report("baddie", "198.51.100.66", f"{i:04x}", False) == OK
    assert client.allow("baddie", "198.51.100.66", "9999") == -1
    assert client.post("reset", login="baddie", ip="198.51.100.66") == OK
    assert client.allow("baddie", "198.51.100.66", "9999") == 0


def test_attributes_devices_and_texts_for_truth_are_taken(client):
    """Its own tests send all of these."""
    attributes = {"accountStatus": "blocked", "lists": ["a", "b"], "number": 7}
    assert client.allow("attrs", "192.0.2.31", attrs=attributes, device_id='"name" "iPhone"', protocol="imap") == 0
    assert client.report("attrs", "192.0.2.31", "1234", True, attrs=attributes, device_id="x", protocol="http") == OK
    assert client.report("dbstats", "192.0.2.32", "1234", "false") == OK
    assert client.post("getDBStats", login="dbstats")[1]["stats"]["lastHour"]["wrongPasswords"] == 1
    assert client.post_in_chunks("report", login="chunky", remote="192.0.2.33", pwhash="1234", success="true", attrs={}) == OK


@pytest.fixture(params=["api_header", "basic"])
def login_server(request, world):
    """A stock Dovecot and how it says who it is."""
    by_header = request.param == "api_header"
    name = f"dovecot-{request.param}"
    asked = guarded(world, name, 'api_header = "X-Guard-Key"\n' if by_header else "")
    header = f"X-Guard-Key:{KEY}" if by_header else f"Authorization: {BASIC}"
    dovecot = world.add(Dovecot(world.folder / f"{name}-server", PASSWORD,
                                f"auth_policy_server_url = http://127.0.0.1:{asked.ports['auth_policy']}/\n"
                                f"auth_policy_server_api_header = {header}\nauth_policy_hash_nonce = of-these-tests\n"))
    return asked, dovecot


def test_dovecot_shows_its_key_and_what_it_reports_is_learned(login_server):
    asked, dovecot = login_server
    for address in ("20.1.9.9", "20.2.9.9"):
        assert try_login(dovecot.imap_port, Place(address), "keyed@office.example", PASSWORD) == (True, "")
    wait_for(lambda: asked.account("keyed@office.example")["networks_known"] == 2, says=dovecot.log)
    assert "unauthorized" not in dovecot.log().lower() and "HTTP error: 401" not in dovecot.log()
    asked.ask("list", "add", "block", "20.14.0.0/16", "--comment", "guessers")
    assert not try_login(dovecot.imap_port, Place("20.14.9.9"), "keyed@office.example", PASSWORD)[0]
