"""Honest accounts that are not one person's: newsletter, mail merge, scanner, script, shop; and mail coming in."""

import math
import random

from recorder.actions import Action, Attempt, Guess, Inbound, Message, Submit
from recorder.geography import NETWORKS, RESIDENTIAL_ABROAD
from recorder.office_days import DAYS, at, poisson, subject
from recorder.people import OFFICE, SCHOOL, Person, fixed_client
from recorder.smtp import Client
from recorder.world import FREEMAIL, World, person_name


class Machines:
    def __init__(self, world: World, rng: random.Random):
        self._world = world
        self._rng = rng

    def month_of(self, person: Person) -> list[Action]:
        planner = {"newsletter": self._newsletter, "mail merge": self._mail_merge, "scanner": self._scanner,
                   "script": self._script, "web shop": self._shop}.get(person.persona)
        return planner(person) if planner else []

    def _newsletter(self, person: Person) -> list[Action]:
        """Every Wednesday to all subscribers, forty a message; a few addresses are dead, a few new."""
        rng, world = self._rng, self._world
        subscribers = [world.refuse(world.bystander(rng), "unknown") for _ in range(8)]
        subscribers += [world.stranger(rng) for _ in range(312)]
        actions: list[Action] = []
        for issue, day in enumerate(day for day in DAYS if day.weekday() == 2):
            subscribers = subscribers[2:] + [world.stranger(rng) for _ in range(10)]
            batches = [subscribers[start:start + 40] for start in range(0, len(subscribers), 40)]
            messages = tuple(Message(tuple(batch), f"Biuletyn podatkowy {issue + 38}", 31_000) for batch in batches)
            actions.append(Submit(at(day, 10.2 + rng.random()), person.account, fixed_client(person), messages))
        return actions

    def _mail_merge(self, person: Person) -> list[Action]:
        """The head of the school writes to every family, once, each in a message of its own."""
        rng = self._rng
        parents = [self._world.bystander(rng, FREEMAIL) for _ in range(280)]
        for address in parents[::45]:
            self._world.refuse(address, "unknown")
        messages = tuple(Message((address,), "Zebranie rodzicow 15 pazdziernika", 5200) for address in parents)
        day = next(day for day in DAYS if (day.month, day.day) == (10, 8))
        return [Submit(at(day, 12.5), person.account, person.at_desk(), messages)]

    def _scanner(self, person: Person) -> list[Action]:
        colleagues = [f"{name}@{OFFICE}" for name in ("kontakt", "newsletter", "monitoring")]
        colleagues += [self._world.stranger(self._rng) for _ in range(3)]
        return [Submit(at(day, self._rng.uniform(6.5, 19.5)), person.account, fixed_client(person),
                       (Message((self._rng.choice(colleagues),), f"Message from KMBT_C3320i {n:03}", 45_000),))
                for day in DAYS if day.weekday() < 5 for n in range(self._rng.randrange(8, 18))]

    def _script(self, person: Person) -> list[Action]:
        """Every hour, day and night, also in the hour that comes twice."""
        start, end = at(DAYS[0], 1), at(DAYS[-1], 23)
        hours = int((end - start) // 3600) + 1
        return [Submit(start + 3600 * hour + 300 + self._rng.random() * 4, person.account, fixed_client(person),
                       (Message((f"kontakt@{OFFICE}" if hour % 6 else "admin@instal-serwis.example",),
                                "backup1: nightly job OK" if hour % 24 == 2 else "backup1: status", 900),))
                for hour in range(hours)]

    def _shop(self, person: Person) -> list[Action]:
        """Every buyer is new; orders come at all hours, most in the evening."""
        rng = self._rng
        actions: list[Action] = []
        for day in DAYS:
            for _ in range(poisson(rng, 22)):
                hour = rng.uniform(0.2, 23.8) if rng.random() < 0.2 else min(23.7, max(0.1, rng.gauss(18.5, 3)))
                buyer = self._world.stranger(rng, FREEMAIL if rng.random() < 0.8 else None)
                if rng.random() < 0.015:
                    buyer = self._world.refuse(self._world.bystander(rng, FREEMAIL), "unknown")
                order = rng.randrange(20_000, 99_999)
                messages = (Message((buyer,), f"Potwierdzenie zamowienia nr {order}", 8_800),)
                actions.append(Submit(at(day, hour), person.account, fixed_client(person), messages))
        return actions


class Background:
    """What every mail server sees: mail for its users, relay probes, a drizzle of guesses."""

    def __init__(self, accounts: list[str], world: World, rng: random.Random):
        self._accounts = accounts
        self._world = world
        self._rng = rng

    def month(self) -> list[Action]:
        actions: list[Action] = []
        for day in DAYS:
            quiet = 0.25 if day.weekday() >= 5 else 1.0
            for _ in range(poisson(self._rng, 38 * quiet)):
                actions.append(self._inbound(at(day, self._daytime())))
            for _ in range(poisson(self._rng, 5)):
                actions.append(self._probe(at(day, self._rng.uniform(0, 23.9))))
            for _ in range(poisson(self._rng, 5)):
                actions.append(self._guess(at(day, self._rng.uniform(0, 23.9))))
        return actions

    def _daytime(self) -> float:
        return min(23.8, max(0.1, self._rng.gauss(12.5, 3.8)))

    def _inbound(self, moment: float) -> Inbound:
        sender = self._world.stranger(self._rng)
        host = self._world.exchangers[sender.partition("@")[2]]
        client = Client(self._world.addresses[host], host)
        return Inbound(moment, sender, self._rng.choice(self._accounts), client, subject(self._rng))

    def _stranger_client(self) -> Client:
        network = NETWORKS[self._rng.choice(RESIDENTIAL_ABROAD)]
        return Client(network.address(self._rng), self._rng.choice(("User", "[127.0.0.1]", "win-server", "ylmf-pc")))

    def _probe(self, moment: float) -> Inbound:
        """Somebody tries whether we relay for strangers. We do not."""
        return Inbound(moment, f"test{self._rng.randrange(99)}@bigmail.test", self._world.stranger(self._rng),
                       self._stranger_client(), "relay test")

    def _guess(self, moment: float) -> Guess:
        rng = self._rng
        login = rng.choice(("info", "admin", "test", "office", person_name(rng))) + "@" + rng.choice((OFFICE, SCHOOL)) \
            if rng.random() < 0.7 else rng.choice(self._accounts)
        password = rng.choice(("123456", "password", "qwerty", login.partition("@")[0]))
        attempt = Attempt(login, password, self._stranger_client(), rng.choice(("smtp", "smtp", "imap", "pop3")))
        return Guess(moment, (attempt,) * (1 + int(math.log2(1 + rng.random() * 6))))
