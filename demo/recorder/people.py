"""The hoster's customers: who they are, with what machines they come, from where.

Three tenants: a law and accounting office, a school, a trading company.
"""

import random
from dataclasses import dataclass, field

from recorder.geography import BACKUP_SERVER, NETWORKS, SHOP_SERVER
from recorder.smtp import Client
from recorder.world import World, person_name

OFFICE, SCHOOL, TRADE = "brzoza.example", "lipowa.example", "warsztat.test"
_SITES = {OFFICE: ("office", "198.18.65.20"), SCHOOL: ("school", "198.18.66.8"), TRADE: ("workshop", "198.18.67.33")}
_HOME_NETWORKS = {OFFICE: ("dsl", "cable"), SCHOOL: ("cable2", "dsl", "fibre6"), TRADE: ("cable3", "dsl")}
_RATES = {OFFICE: (3.3, 0.7), SCHOOL: (0.9, 0.8), TRADE: (1.9, 0.7)}  # messages a weekday: median, sigma


@dataclass
class Person:
    account: str
    persona: str
    messages_a_day: float
    contacts: list[str]
    seed: int
    newness: float = 0.05      # share of recipients never written to before
    login: str = ""
    desk: str = ""             # EHLO name at work, empty: does not work at a desk
    mechanism: str = "PLAIN"
    wrapped: bool = False
    protocol: str = "imap"
    home_network: str = "dsl"
    phone_networks: tuple[str, ...] = field(default=("mobile1",))

    @property
    def tenant(self) -> str:
        return self.account.partition("@")[2]

    def at_desk(self) -> Client:
        return Client(_SITES[self.tenant][1], self.desk, self.mechanism, self.wrapped)

    def at_home(self, day: int) -> Client:
        """The home connection gets a new address every few days."""
        lease = random.Random(f"{self.seed}/{(day + self.seed) // (3 + self.seed % 12)}")
        address = NETWORKS[self.home_network].address(lease)
        return Client(address, f"[192.168.{self.seed % 4}.{20 + self.seed % 200}]", self.mechanism, self.wrapped)

    def on_phone(self, rng: random.Random) -> Client:
        """Behind carrier NAT: another address each time."""
        address = NETWORKS[rng.choice(self.phone_networks)].address(rng)
        return Client(address, "[10.%d.%d.%d]" % tuple(rng.randrange(256) for _ in range(3)), "PLAIN", True)

    def passing(self, network: str, rng: random.Random) -> Client:
        """The laptop, away: hotel, airport, VPN."""
        return Client(NETWORKS[network].address(rng), self.desk or "laptop", self.mechanism, self.wrapped)


def _desk_name(rng: random.Random) -> str:
    if rng.random() >= 0.8:
        return "[127.0.0.1]"
    return f"{rng.choice(('DESKTOP', 'LAPTOP', 'PC'))}-{rng.getrandbits(32):08X}"


def _worker(number: int, tenant: str, account: str, world: World, rng: random.Random) -> Person:
    median, sigma = _RATES[tenant]
    person = Person(
        account=account, persona={OFFICE: "office worker", SCHOOL: "teacher", TRADE: "trader"}[tenant],
        messages_a_day=min(13.0, median * rng.lognormvariate(0, sigma)),
        contacts=[world.stranger(rng) for _ in range(rng.randrange(12, 50))], seed=number * 37 + 11,
        newness=rng.choice((0.02, 0.04, 0.06, 0.09)),
        desk=_desk_name(rng),
        mechanism="LOGIN" if rng.random() < 0.4 else "PLAIN", wrapped=rng.random() < 0.35,
        protocol="pop3" if tenant != OFFICE and rng.random() < 0.25 else "imap",
        home_network=rng.choice(_HOME_NETWORKS[tenant]),
        phone_networks=rng.choice((("mobile1",), ("mobile2",), ("mobile1", "mobile6"))))
    if tenant == TRADE:  # mx2 has no IPv6 address
        person.phone_networks = (person.phone_networks[0],)
    return person


def _unique_accounts(tenant: str, count: int, rng: random.Random) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        first, _, last = person_name(rng).partition(".")
        names[f"{first[0]}.{last}@{tenant}" if tenant == OFFICE else f"{first}.{last}@{tenant}"] = None
    return list(names)


def everybody(world: World, rng: random.Random) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for tenant, count in ((OFFICE, 30), (SCHOOL, 34), (TRADE, 19)):
        accounts = _unique_accounts(tenant, count, rng)
        for account in accounts:
            person = _worker(len(people), tenant, account, world, rng)
            person.contacts += rng.sample(accounts, 8)
            people[account] = person
    _give_special_parts(list(people.values()))
    for account, persona, network, contacts in (
            (f"kontakt@{OFFICE}", "role mailbox", "dsl", 60), (f"sekretariat@{SCHOOL}", "role mailbox", "cable2", 60),
            (f"newsletter@{OFFICE}", "newsletter", "dsl", 0), (f"dyrektor@{SCHOOL}", "mail merge", "cable2", 20),
            (f"skaner@{OFFICE}", "scanner", "office", 0), (f"monitoring@{OFFICE}", "script", "hoster", 0),
            (f"sklep@{TRADE}", "web shop", "hoster", 0)):
        person = _worker(len(people), account.partition("@")[2], account, world, rng)
        person.persona, person.home_network = persona, network
        person.contacts = [world.stranger(rng) for _ in range(contacts)]
        people[account] = person
    return people


def _give_special_parts(workers: list[Person]) -> None:
    office = [p for p in workers if p.tenant == OFFICE]
    trade = [p for p in workers if p.tenant == TRADE]
    office[2].persona, office[2].messages_a_day = "traveller", 5.0
    office[3].persona, office[3].messages_a_day = "vpn user", 4.0
    office[4].persona, office[4].newness = "outreach", 0.4
    office[4].messages_a_day = 7.0
    office[6].login = office[6].account.replace("@brzoza", "@Brzoza").title().replace(".Example", ".example")
    office[7].login = office[7].account.partition("@")[0]  # the server adds the realm
    office[8].persona = "stale phone"
    trade[2].persona, trade[2].messages_a_day = "phone only", 8.0


def fixed_client(person: Person) -> Client | None:
    """The one machine from which an account without a person sends."""
    return {"newsletter": Client(_SITES[OFFICE][1], "DESKTOP-MARKETING", "LOGIN"),
            "scanner": Client(_SITES[OFFICE][1], "KMBT-C3320i", "LOGIN"),
            "script": Client(BACKUP_SERVER, "backup1.hosting.example"),
            "web shop": Client(SHOP_SERVER, "shop.hosting.example")}.get(person.persona)
