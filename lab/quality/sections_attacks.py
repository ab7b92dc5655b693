"""What is said about take-overs: the headline, families, neighbours, detectors, the curve."""
import figures as f
from markdown import met, number, numbers, percent, percents, seconds, table
from plan import NEED_A_SCANNER, SHIFTS


def fifth_of(sheets):
    """The worlds of the headline on which most variations are run too."""
    return same_as(sheets, "bare")


def same_as(sheets, variation):
    """The worlds of the headline on which the variation is run."""
    return sheets["test"][: len(sheets[variation])]


def headline(sheets):
    test, dev = f.take_overs(sheets["test"]), f.take_overs(sheets["dev"])
    people, dev_people = f.honest(sheets["test"]), f.honest(sheets["dev"])
    mild = people.levels["slowed"] + people.levels["held"]
    mild_rate = 1e4 * mild / people.months
    dev_mild = dev_people.rate("slowed") + dev_people.rate("held")
    p95 = f.leaked(test, 0.95)

    def attack_row(what, figure, show, show_interval, goal="", is_met=None):
        return (what, show(figure(test)), show_interval(f.interval(test, figure)), show(figure(dev)), goal,
                "" if is_met is None else met(is_met))

    rows = [
        attack_row("take-overs caught", f.caught, percent, percents, ">= 98 %", f.caught(test) >= 0.98),
        attack_row("messages leaked, median", lambda a: f.leaked(a, 0.5), number, numbers, "<= 2",
                   f.leaked(test, 0.5) <= 2),
        attack_row("messages leaked, 95th percentile", lambda a: f.leaked(a, 0.95), number, numbers, "<= 10", p95 <= 10),
        attack_row("recipients reached, median", lambda a: f.leaked(a, 0.5, "recipients_leaked"), number, numbers),
        attack_row("recipients reached, 95th percentile", lambda a: f.leaked(a, 0.95, "recipients_leaked"), number,
                   numbers),
        attack_row("share of the attacks' messages out", f.leaked_share, lambda s: percent(s, 2),
                   lambda p: percents(p, 2), "<= 1 %", f.leaked_share(test) <= 0.01),
        attack_row("the same, mean over take-overs", f.mean_leaked_share, percent, percents),
        attack_row("contained before the first message", f.before_first, percent, percents),
        attack_row("seconds to containment, median", lambda a: f.seconds_to_containment(a, 0.5), seconds,
                   lambda p: f"{seconds(p[0])} to {seconds(p[1])}"),
        attack_row("seconds to containment, 95th percentile", lambda a: f.seconds_to_containment(a, 0.95), seconds,
                   lambda p: f"{seconds(p[0])} to {seconds(p[1])}"),
        ("honest accounts slowed or held, per 10,000 account-months", number(mild_rate), "", number(dev_mild), "<= 10",
         met(mild_rate <= 10)),
        ("honest accounts suspended, per 10,000", number(people.rate("suspended")),
         f"at most {number(people.upper('suspended'))}", number(dev_people.rate("suspended")), "<= 1",
         met(people.rate("suspended") <= 1)),
        ("all restrictions of honest accounts, per 10,000", number(people.rate()), numbers(people.interval()),
         number(dev_people.rate()), "", ""),
        cost_row("bytes of a record, median", sheets, "record_bytes", "median", 1024),
        cost_row("nanoseconds of an `observe`, mean without the slowest hundredth", sheets, "nanoseconds", "trimmed_mean",
                 1500),
    ]
    bare, bare_people = f.take_overs(sheets["bare"]), f.honest(sheets["bare"])
    same = f.take_overs(fifth_of(sheets))
    return (f"## Against the goal\n\n{len(test):,} take-overs and {people.months:,.0f} clean account-months of "
            f"{len(sheets['test'])} servers after {sheets['test'][0]['warm_up']} days of learning, in the natural mix of "
            "personas.\n\n"
            + table(("figure", "test", "95 %", "dev", "goal", "met"), rows)
            + f"\nFrom logs alone (no headers, subjects, EHLO or client names; a fifth of the worlds): {percent(f.caught(bare))} "
            f"caught, median {number(f.leaked(bare, 0.5))} and 95th percentile {number(f.leaked(bare, 0.95))} messages, "
            f"{number(bare_people.rate())} restrictions in 10,000; the same worlds with everything: "
            f"{percent(f.caught(same))}, {number(f.leaked(same, 0.5))}, {number(f.leaked(same, 0.95))}, "
            f"{number(f.honest(fifth_of(sheets)).rate())}.\n\n" + cost(sheets))


def cost_row(what, sheets, kind, key, most):
    figure, dev = f.mean_of(sheets["test"], kind, key), f.mean_of(sheets["dev"], kind, key)
    return (what, number(figure), "", number(dev), f"<= {most:,}", met(figure <= most))


def cost(sheets):
    test = sheets["test"]
    listed = sum(sheet["alarms_while_listed"] for sheet in test)
    return (f"Alerts a day per 10,000 accounts: {f.alerts_a_day(test, 'incidents_of_clean'):.2f} false ones, and "
            f"{f.alerts_a_day(test, 'incidents') - f.alerts_a_day(test, 'incidents_of_clean'):.1f} of take-overs, which are "
            f"far more frequent here than in life. {listed} of the false ones came while our own address stood on a block "
            "list, when everybody's mail is refused. Records take "
            f"{number(f.mean_of(test, 'record_bytes', 'p95'))} bytes at the 95th percentile; `observe` takes "
            f"{number(f.mean_of(test, 'nanoseconds', 'median'))} ns in the median (wall clock, with the clock's own 20 to 30, "
            "other worlds beside; `make bench` measures it properly).\n")


def families(sheets):
    attacks = f.take_overs(sheets["test"])
    rows = []
    for name in sorted({a["family"] for a in attacks}):
        own = [a for a in attacks if a["family"] == name]
        worst = [percent(f.share(own, lambda a, level=level: a["worst"] == level), 0) for level in f.LEVELS]
        dev = f.take_overs(sheets["dev"], {name})
        rows.append((name, len(own), f"{percent(f.caught(own))} ({percents(f.interval(own, f.caught), 0)})",
                     percent(f.before_first(own), 0),
                     f"{number(f.leaked(own, 0.5))} / {number(f.leaked(own, 0.95))}",
                     f"{number(f.leaked(own, 0.5, 'recipients_leaked'))} / "
                     f"{number(f.leaked(own, 0.95, 'recipients_leaked'))}",
                     f"{percent(f.leaked_share(own))} ({percents(f.interval(own, f.leaked_share))})",
                     f"{seconds(f.seconds_to_containment(own, 0.5))} / {seconds(f.seconds_to_containment(own, 0.95))}",
                     *worst, f"{percent(f.caught(dev), 0)}, {percent(f.leaked_share(dev))}"))
    head = ("family", "n", "caught", "before the first", "messages, median / p95", "recipients", "leaked share",
            "to containment", "slowed", "held", "suspended", "dev: caught, leaked")
    return "## Take-overs by family\n\n" + table(head, rows) + (
        "\nSlowed, held and suspended are the worst standing of each take-over.\n")


def comparison(says, sheets):
    attacks, people = f.take_overs(sheets), f.honest(sheets)
    return (says, percent(f.caught(attacks)), f"{number(f.leaked(attacks, 0.5))} / {number(f.leaked(attacks, 0.95))}",
            percent(f.leaked_share(attacks)), number(people.rate()))


def neighbours(sheets, rules):
    same = same_as(sheets, f"neighbour {next(iter(rules))}")
    rows = [comparison(f"{n}. {says}", sheets[f"neighbour {name}"]) for n, (name, says) in enumerate(rules.items(), 1)]
    rows.append(comparison("**Postreeve**", same))
    return (f"## Neighbours' rules on the same traffic\n\n{len(f.take_overs(same)):,} take-overs, "
            f"{f.honest(same).months:,.0f} clean account-months; judged at submission, sliding windows, 4xx while over a "
            "limit.\n\n"
            + table(("rule", "caught", "messages leaked, median / p95", "leaked share", "honest restricted per 10,000"),
                    rows)
            + "\n![Receiver curve](quality.svg)\n\nThe curve moves all thresholds of the ladder together, in the same world:\n\n"
            + table(("shift in nats", "caught", "messages leaked, median / p95", "leaked share",
                     "honest restricted per 10,000"),
                    [comparison(f"{shift:+d}", own) for shift, own in shifted(sheets)]))


def shifted(sheets):
    own = {shift: sheets[f"shift {shift}"] for shift in SHIFTS}
    own[0] = same_as(sheets, f"shift {SHIFTS[0]}")
    return sorted(own.items())


def point(sheets):
    attacks = f.take_overs(sheets)
    return {"rate": f.honest(sheets).rate(), "caught": f.caught(attacks), "leaked": f.leaked_share(attacks)}


def curve_points(sheets):
    return [{"shift": shift, **point(own)} for shift, own in shifted(sheets)]


def neighbour_points(sheets, rules):
    return [{"says": says, **point(sheets[f"neighbour {name}"])} for name, says in rules.items()]


def detectors(sheets, names):
    rows = [("(none)", *comparison("", fifth_of(sheets))[1:], "")]
    rows += [left_out(name, sheets, fifth_of(sheets)) for name in names if name not in NEED_A_SCANNER]
    rows.append(("(none), with a scanner", *comparison("", sheets["scanned"])[1:], ""))
    rows += [left_out(name, sheets, sheets["scanned"]) for name in names if name in NEED_A_SCANNER]
    head = ("left out", "caught", "messages leaked, median / p95", "leaked share", "honest restricted per 10,000",
            "caught because of it")
    return "## Each detector left out in turn\n\nOn a fifth of the worlds.\n\n" + table(head, rows)


def left_out(name, sheets, same):
    """A detector's row beside the same worlds with it."""
    without = sheets[f"without {name}"]
    fewer = f.caught(f.take_overs(same)) - f.caught(f.take_overs(without))
    return (name, *comparison("", without)[1:], f"{100 * fewer:+.1f} points")
