"""The figures of detection.md 4, from the score sheets of many worlds."""
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from intervals import bootstrap, bootstrap_sum, lower_bound, quantile, upper_bound

LEVELS = ("slowed", "held", "suspended")
DAY = 86400.0


def take_overs(sheets, families=None):
    """All take-overs that came to anything, each with the world and the crew it belongs to."""
    found = []
    for sheet in sheets:
        for attack in sheet["attacks"]:
            if families is not None and attack["family"] not in families:
                continue
            # The owner had a new password before the thief came: no take-over.
            if attack["planned"] > 0 and attack["first_message"] is None and attack["contained"] is None:
                continue
            attack["crew"] = (sheet["seed"], attack["group"])
            found.append(attack)
    return found


def by_crew(attacks):
    crews = defaultdict(list)
    for attack in attacks:
        crews[attack["crew"]].append(attack)
    return list(crews.values())


def share(items, is_so):
    return sum(map(is_so, items)) / len(items) if items else 0.0


def caught(attacks):
    return share(attacks, lambda a: a["contained"] is not None)


def sending(attacks):
    return [a for a in attacks if a["first_message"] is not None]


def leaked_share(attacks):
    would_be = sum(max(a["planned"], a["tried"]) for a in sending(attacks))
    return sum(a["leaked"] for a in attacks) / would_be if would_be else 0.0


def mean_leaked_share(attacks):
    senders = sending(attacks)
    return sum(a["leaked"] / max(a["planned"], a["tried"], 1) for a in senders) / len(senders) if senders else 0.0


def leaked(attacks, part, of="leaked"):
    return quantile([a[of] for a in sending(attacks)], part)


def seconds_to_containment(attacks, part):
    waits = [max(0.0, a["contained"] - a["first_message"]) for a in sending(attacks) if a["contained"] is not None]
    return quantile(waits, part)


def before_first(attacks):
    return share(sending(attacks), lambda a: a["before_first"])


def interval(attacks, figure):
    return bootstrap(by_crew(attacks), figure)


@dataclass
class Honest:
    """Clean accounts of some worlds: how many months, and which of them were restricted."""
    months: float = 0.0
    levels: Counter = field(default_factory=Counter)
    accounts: list = field(default_factory=list)  # restricted months of each account that had any
    detectors: Counter = field(default_factory=Counter)

    @property
    def restricted(self):
        return sum(self.levels.values())

    def rate(self, level=None):
        count = self.restricted if level is None else self.levels[level]
        return 1e4 * count / self.months if self.months else 0.0

    def interval(self):
        low, high = bootstrap_sum(self.accounts)
        return (1e4 * low / self.months, 1e4 * high / self.months)

    def upper(self, level=None):
        count = self.restricted if level is None else self.levels[level]
        return 1e4 * upper_bound(count, self.months)

    def lower(self):
        return 1e4 * lower_bound(self.restricted, self.months)


def honest(sheets, persona="all"):
    result = Honest()
    for sheet in sheets:
        result.months += sum(row["account_months"] for row in sheet["personas"] if row["persona"] == persona)
        accounts = Counter()
        for month in sheet["alarm_months"]:
            if persona not in ("all", month["persona"]):
                continue
            accounts[month["account"]] += 1
            result.levels[month["level"]] += 1
            result.detectors.update(month["detectors"])
        result.accounts += accounts.values()
    return result


def mail(sheets, persona="all"):
    """Sums over the honest mail of clean accounts."""
    total = Counter()
    for sheet in sheets:
        for row in sheet["personas"]:
            if row["persona"] == persona:
                total.update({key: row[key] for key in ("messages", "deferred", "held", "rejected", "delayed", "lost")})
    return total


def delays(sheets):
    return [delay for sheet in sheets for delay in sheet["delays"]]


def alerts_a_day(sheets, key):
    """Incidents a day per 10,000 accounts."""
    account_days = sum(sheet["accounts"] * (sheet["days"] - sheet["warm_up"]) for sheet in sheets)
    return 1e4 * sum(sheet[key] for sheet in sheets) / account_days


def mean_of(sheets, kind, key):
    """Of what every sheet says in its own mean or median, as `record_bytes`."""
    return sum(sheet[kind][key] for sheet in sheets) / len(sheets)


def first_day(sheets):
    """(take-overs that struck on a server's first day, share of them contained by its end)."""
    struck = [a for a in take_overs(sheets) if min(a["first_message"] or 9e9, a["contained"] or 9e9) < DAY]
    return struck, share(struck, lambda a: a["contained"] is not None and a["contained"] < DAY)


def first_day_honest(sheets):
    """Honest accounts by their worst standing on the first day, and how many there were."""
    worst = Counter()
    for sheet in sheets:
        levels = {}
        for alarm in sheet["alarms"]:
            if alarm["time"] < DAY:
                levels[alarm["account"]] = max(levels.get(alarm["account"], 0), LEVELS.index(alarm["level"]))
        worst.update(LEVELS[level] for level in levels.values())
    return worst, sum(row["accounts"] for sheet in sheets for row in sheet["personas"] if row["persona"] == "all")


def alarm_days(sheet, account, after, until):
    """Days on which the account was restricted anew."""
    return len({int(alarm["time"] // DAY) for alarm in sheet["alarms"]
                if alarm["begins"] and alarm["account"] == account and after < alarm["time"] <= until})


def after_dismissal(judged, unjudged, days=30):
    """False alarms of the same accounts within 30 days after the first dismissal: (with staff, without) each."""
    pairs = []
    for with_staff, without in zip(judged, unjudged):
        last = (with_staff["days"] - days) * DAY
        first = {}
        for dismissal in with_staff["dismissals"]:
            first.setdefault(dismissal["account"], dismissal["time"])
        for account, time in first.items():
            if time <= last:
                pairs.append(tuple(alarm_days(sheet, account, time, time + days * DAY) for sheet in (with_staff, without)))
    return pairs


def reduction(pairs):
    without = sum(pair[1] for pair in pairs)
    return 1 - sum(pair[0] for pair in pairs) / without if without else 0.0
