"""What is said about days that are not like others: the first one, a broken map, the staff's word."""
import re

import figures as f
from intervals import bootstrap, upper_bound
from markdown import met, number, percent, percents, table
from plan import DISASTERS, FEEDBACK_SHIFT, LOUD
from workshop import ROOT

WARM_FROM = 30 * f.DAY


def cold_start(sheets):
    cold = sheets["cold"]
    struck, caught_today = f.first_day(cold)
    rows = []
    for family in (*LOUD, "all loud families"):
        own = [a for a in struck if family in (a["family"], "all loud families")]
        warm = [a for a in f.take_overs(sheets["test"], LOUD if family not in LOUD else {family})
                if a["begins"] >= WARM_FROM]
        today = f.share(own, lambda a: a["contained"] is not None and a["contained"] < f.DAY)
        rows.append((family, len(own), percent(today), number(f.leaked(own, 0.5)), number(f.leaked(own, 0.95)),
                     percent(f.caught(warm)), number(f.leaked(warm, 0.5)), number(f.leaked(warm, 0.95))))
    honest, accounts = f.first_day_honest(cold)
    suspended = honest["suspended"]
    head = ("family", "n", "caught on the first day", "messages leaked, median", "p95", "warm: caught", "median", "p95")
    return (f"## Cold start\n\n{len(cold)} servers without any history, with take-overs from the first hour; caught means "
            "before the day is over, of those that sent their first message on it. Beside: take-overs after 30 days of "
            f"learning.\n\n{table(head, rows)}\nGoal: at least 80 % of the loud ones ({percent(caught_today)}: "
            f"{met(caught_today >= 0.8)}), and nobody honest suspended on that day: {suspended} of {accounts:,} accounts, at "
            f"most {number(1e4 * upper_bound(suspended, accounts))} in 10,000 ({met(suspended == 0)}); "
            f"{honest['slowed']} slowed, {honest['held']} held.\n")


def fuse(sheets):
    rows, holds = [], True
    for disaster in DISASTERS:
        for shift in (0, 3):
            for sheet in sheets[f"fuse {disaster} {shift}"]:
                allowed = max(5, sheet["accounts"] // 1000)
                holds &= sheet["most_restrictions_an_hour"] <= allowed
                rows.append((disaster.replace("-", " "), f"{shift:+d}", f"{sheet['accounts']:,}",
                             sheet["most_restrictions_an_hour"], allowed,
                             f"{sum(m['level'] in f.LEVELS for m in sheet['alarm_months']):,}",
                             f"{sheet['observed_only']:,}"))
    head = ("what breaks", "shift in nats", "accounts", "most restrictions in any hour", "allowed",
            "accounts restricted in three days", "restrictions held back")
    return ("## The fuse\n\nAfter three weeks of learning, on a Monday at ten, the rows of the geography file are shuffled "
            "against their networks, or every client seems to come from one address. Any hour counts, not only whole ones. "
            "With thresholds 3 nats lower there is much more to hold back.\n\n"
            + table(head, rows) + f"\nThe fuse holds: {met(holds)}.\n")


def feedback(sheets):
    pairs = f.after_dismissal(sheets["feedback staff"], sheets["feedback no staff"])
    less = f.reduction(pairs)
    between = bootstrap([[pair] for pair in pairs], f.reduction)
    return (f"## Operator's feedback\n\nThe same honest worlds twice, with thresholds {FEEDBACK_SHIFT} nats lower so that there "
            "are false alarms enough: in one the staff judges every incident some hours later, in the other nobody does. "
            f"{len(pairs):,} accounts were dismissed. In the 30 days after the first dismissal they were restricted anew on "
            f"{sum(p[0] for p in pairs):,} days, without a word from anybody on {sum(p[1] for p in pairs):,}: "
            f"{percent(less)} less ({percents(between)}). {sum(p[0] > 0 for p in pairs):,} of them were restricted again at "
            f"all, else {sum(p[1] > 0 for p in pairs):,} (a suspension, which nobody ends there, is not counted again). "
            f"Goal: 80 % less ({met(less >= 0.8)}).\n")


def first_comment(file):
    """What the file says about itself, or else the header that it is made from."""
    text = file.read_text(encoding="utf-8")
    comments = [line[3:] for line in text.splitlines() if line.startswith("// ")]
    if comments:
        return comments[0]
    headers = re.findall(r'#include "(lab/people/(?!person)\w+\.h)"', text)
    return first_comment(ROOT / headers[0]) if headers else ""


def listed(folder, maker):
    """One line for each file of the folder that makes something, by the name it makes."""
    lines = []
    for file in sorted((ROOT / "lab" / folder).glob("*.cc")):
        made = re.search(maker, file.read_text(encoding="utf-8"))
        if made:
            lines.append(f"* `{made.group(1)}` {first_comment(file)}")
    return sorted(lines)


def meanings():
    """Families and personas in the words of their own files."""
    return "\n".join(["## Families and personas", "", "Families of take-overs (`lab/attackers/`):", "",
                      *listed("attackers", r"(?m)^Plan plan_(\w+)\("), "",
                      "Honest people (`lab/people/`):", "", *listed("people", r"(?m)^std::unique_ptr<Person> make_(\w+)\("), ""])
