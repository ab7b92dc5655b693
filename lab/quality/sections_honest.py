"""What is said about honest people: personas, and their delayed mail."""
import figures as f
from markdown import number, numbers, percent, table
from plan import RETRIES

MOST_TIMES = 3  # a persona may have so many times the pooled rate


def judgement(people, pooled):
    """Whether a persona is within three times the pooled rate, as far as its months can say."""
    allowed = MOST_TIMES * pooled
    if people.upper() <= allowed:
        return "yes"
    if people.rate() <= allowed:
        return "not shown to be above"
    return "**no**" if people.lower() > allowed else "above, may be chance"


def personas(sheets, shares):
    pooled = f.honest(sheets["test"])
    rows, weighted, whole = [], 0.0, sum(float(share) for share in shares.values())
    for name, share in shares.items():
        people = f.honest(sheets["even"], name)
        weighted += float(share) / whole * people.rate()
        reasons = ", ".join(f"{detector} {count}" for detector, count in people.detectors.most_common(3))
        natural = f.honest(sheets["test"], name)
        rows.append((name, percent(float(share) / whole), number(people.months),
                     *(people.levels[level] for level in f.LEVELS), number(people.rate()), number(people.upper()),
                     judgement(people, pooled.rate()), f"{natural.restricted} in {number(natural.months)}", reasons))
    head = ("persona", "natural share", "account-months", "slowed", "held", "suspended", "per 10,000", "at most",
            f"within {MOST_TIMES}x", "in the natural mix", "detectors, of a nat at least")
    months = min(f.honest(sheets["even"], name).months for name in shares)
    return (f"## Honest people by persona\n\nServers with as many accounts of every persona, at least {number(months)} "
            f"account-months each. An account counts once in 30 days, with its worst standing. *At most*: one-sided 95 % "
            f"bound (Clopper and Pearson). The pooled rate of the natural mix is {number(pooled.rate())} in 10,000 "
            f"({numbers(pooled.interval())}); these rates weighted by the natural shares give {number(weighted)}.\n\n"
            + table(head, rows))


def delay_row(name, sheets):
    mail, delays = f.mail(sheets), [delay / 60 for delay in f.delays(sheets)]
    per_million = lambda count: number(1e6 * count / max(mail["messages"], 1))  # noqa: E731
    return (name, f"{mail['messages']:,}", per_million(mail["deferred"]), per_million(mail["delayed"]),
            number(f.quantile(delays, 0.5)), number(f.quantile(delays, 0.95)), per_million(mail["held"]),
            per_million(mail["lost"]))


def delayed_mail(sheets):
    rows = [delay_row("as each is", sheets["test"])]
    for retry in RETRIES:
        name = "never" if retry == "never" else f"after {retry} min"
        rows.append(delay_row(name, sheets[f"retry {retry}"]))
    head = ("clients retry", "honest messages", "deferred, per million", "delivered later", "delay median, min",
            "p95, min", "held", "lost")
    return ("## Honest mail delayed and lost\n\nMail of clean accounts. A client comes back after the same time for five "
            "tries, then more rarely; it gives up after forty. Lost: the client gave up, or never comes back. "
            "Where all clients are alike there are fewer worlds, so that a single account moves these rows.\n\n"
            + table(head, rows))
