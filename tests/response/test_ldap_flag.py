"""ldap_flag beside OpenLDAP."""

import re
import time
from base64 import b64encode

import pytest

from private_servers import slapd
from private_servers.machine import silenced

HOSTILE = ["o'hara@shop.example", "*@shop.example", ")(uid=*", "back\\slash(1)", "käthe\u202e@shop.example",
           "n" * 307 + "@shop.example"]


@pytest.fixture
def server(slapd_server):
    numbers = range(len(HOSTILE) + 1)
    old = slapd_server.ask_entries()
    if old:
        slapd_server.change("\n\n".join(f"dn: {dn}\nchangetype: delete" for dn in old) + "\n")
    entries = [entry(number, login) for number, login in zip(numbers, HOSTILE + ["anna@shop.example"])]
    slapd_server.change("\n\n".join(entries) + "\n")
    return slapd_server


def entry(number, login):
    # A text after "::" is base64: nothing in it has a meaning.
    return (f"dn: cn=user{number},dc=example\nchangetype: add\nobjectClass: inetOrgPerson\nobjectClass: mailUser\n"
            f"cn: user{number}\nsn: user\nuid:: {b64encode(login.encode()).decode()}")


def dn_of(login):
    return f"cn=user{(HOSTILE + ['anna@shop.example']).index(login)},dc=example"


ANNA = f"cn=user{len(HOSTILE)},dc=example"


def modify(server, text):
    server.change(f"dn: {ANNA}\nchangetype: modify\n{text}\n")


def settings(server, **more):
    return {"uri": server.uri, "bind_dn": slapd.ADMIN, "password_file": str(server.password_file),
            "base": "dc=example", "filter": "(uid={account})", "attribute": "abused", "value": "TRUE",
            "timeout": 3000, **more}


@pytest.mark.parametrize("account", HOSTILE + ["anna@shop.example"])
def test_undoing_leaves_the_directory_as_it_was(server, act, account):
    before = server.dump()
    done = act("ldap_flag", settings(server), "prepare", "carry_out", account=account)
    assert done["carry_out"].startswith("set abused=TRUE for"), done
    assert [login for login in HOSTILE + ["anna@shop.example"] if server.values(dn_of(login), "abused")] == [account]
    undone = act("ldap_flag", settings(server), "undo", receipt=done["receipt"], account=account)
    assert undone["undo"].startswith("gave back abused"), undone
    assert server.dump() == before


@pytest.mark.parametrize("mode", ["replace", "add"])
@pytest.mark.parametrize("old", ["", "add: mailFlag\nmailFlag: vip\nmailFlag: k\u00e4the",
                                 "add: mailFlag\nmailFlag: abused", "add: mailFlag\nmailFlag: abused\nmailFlag: vip"])
def test_old_values_come_back(server, act, mode, old):
    if old:
        modify(server, old)
    before = sorted(server.dump().splitlines())
    how = settings(server, attribute="mailFlag", value="abused", mode=mode)
    done = act("ldap_flag", how, "prepare", "carry_out")
    assert "abused" in server.values(ANNA, "mailFlag")
    again = act("ldap_flag", how, "carry_out", "undo", receipt=done["receipt"])
    assert again["undo"].startswith("gave back"), again
    assert sorted(server.dump().splitlines()) == before
    assert act("ldap_flag", how, "undo", receipt=done["receipt"])["undo"].startswith(("gave back", "left"))
    assert sorted(server.dump().splitlines()) == before


def test_values_that_are_no_text_come_back(server, act):
    modify(server, "add: mailSeal\nmailSeal:: /wD+AQ==\nmailSeal:: AAAA")
    before = sorted(server.dump().splitlines())
    how = settings(server, attribute="mailSeal", value="broken")
    done = act("ldap_flag", how, "prepare", "carry_out")
    assert "base64" in done["receipt"]
    act("ldap_flag", how, "undo", receipt=done["receipt"])
    assert sorted(server.dump().splitlines()) == before


@pytest.mark.parametrize("change", ["replace: abused\nabused: FALSE", "delete: abused"])
def test_what_somebody_else_changed_meanwhile_stays(server, act, change):
    modify(server, "add: abused\nabused: FALSE" if "delete" in change else "add: mailFlag\nmailFlag: x")
    done = act("ldap_flag", settings(server), "prepare", "carry_out")
    modify(server, change)
    meanwhile = server.dump()
    undone = act("ldap_flag", settings(server), "undo", receipt=done["receipt"])
    assert "because somebody else has changed it" in undone["undo"]
    assert server.dump() == meanwhile


def test_an_account_that_is_gone_has_nothing_to_give_back(server, act):
    done = act("ldap_flag", settings(server), "prepare", "carry_out")
    server.change(f"dn: {ANNA}\nchangetype: delete\n")
    assert "nothing to give back" in act("ldap_flag", settings(server), "undo", receipt=done["receipt"])["undo"]


def test_no_such_account_is_for_good(server, act):
    done = act("ldap_flag", settings(server), "prepare", account="nobody@shop.example")
    assert done["receipt"]["again"] is False
    assert done["receipt"]["error"].startswith("no such account")


def test_an_attribute_that_the_server_does_not_know_is_for_good(server, act):
    done = act("ldap_flag", settings(server, attribute="nonsense"), "carry_out")
    assert done["carry_out"]["again"] is False


def test_a_wrong_password_is_tried_again(server, act, tmp_path):
    (tmp_path / "password").write_text("not it\n")
    done = act("ldap_flag", settings(server, password_file=str(tmp_path / "password")), "carry_out")
    assert done["carry_out"]["again"] is True
    assert "not it" not in str(done)


@pytest.mark.parametrize("tls", ["start_tls", "ldaps"])
def test_the_server_must_prove_who_it_is(server, act, tls):
    how = {"start_tls": True} if tls == "start_tls" else {"uri": server.tls_uri}
    refused = act("ldap_flag", settings(server, **how), "carry_out")
    assert refused["carry_out"]["again"] is True  # certificates are renewed
    assert not server.values(ANNA, "abused")
    done = act("ldap_flag", settings(server, ca_file=str(server.certificate), **how), "carry_out")
    assert re.match("set abused=TRUE", str(done["carry_out"])), done


@pytest.mark.parametrize("tls", ["", "start_tls", "ldaps"])
def test_a_server_that_hangs_costs_no_more_than_the_time_limit(server, act, tls):
    how = {"": {}, "start_tls": {"start_tls": True}, "ldaps": {"uri": server.tls_uri}}[tls]
    with silenced(server):
        begun = time.monotonic()
        done = act("ldap_flag", settings(server, **how), "carry_out")
        took = time.monotonic() - begun
    assert done["carry_out"]["again"] is True
    assert took < 6


def test_a_server_that_is_down_is_tried_again(server, act):
    server.stop()
    try:
        assert act("ldap_flag", settings(server), "carry_out")["carry_out"]["again"] is True
    finally:
        server.start()
    assert "receipt" in act("ldap_flag", settings(server), "prepare")
