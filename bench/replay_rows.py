"""Replays of a log and of a trace beside the programs that do the least and the like."""
import json
import statistics

from table import per_second
from workshop import stopwatch

TIMES_PFLOGSUMM = 10
TIMES_SIMDJSON = 25


def middle(values):
    return statistics.median(values)


def check_report(run, lines, what):
    """A replay that did not understand its input would be fast for nothing."""
    report = json.loads(run.output)
    counted = report["lines"]
    if counted["read"] != lines or counted["unparsed"] != 0 or report["events"]["submission"] == 0:
        raise SystemExit(f"bench: the replay of the {what} read {counted} of {lines} lines")
    return report


def measure_log(workshop, table):
    replay = [workshop.postreeve, "replay", workshop.log, "-o", "json", "--geo", workshop.geography]
    ours, pflogsumm, grep = [], [], []
    for _ in range(workshop.rounds):
        grep.append(stopwatch(["grep", "-c", "status=sent", workshop.log]))
        pflogsumm.append(stopwatch(["pflogsumm", workshop.short_log]))
        ours.append(stopwatch(replay))
    report = check_report(ours[0], workshop.log_lines, "Postfix log")

    rate = [workshop.log_lines / run.wall for run in ours]
    peer = [workshop.short_lines / run.wall for run in pflogsumm]
    grep_rate = [workshop.log_lines / run.wall for run in grep]
    ratio = middle([a / b for a, b in zip(rate, peer)])
    cpu = middle([(workshop.log_lines / a.cpu) / (workshop.short_lines / b.cpu) for a, b in zip(ours, pflogsumm)])
    megabytes = workshop.log.stat().st_size / 1e6
    table.section(f"Postfix log: {workshop.log_lines:,} lines, {megabytes:.0f} MB, {report['accounts']:,} accounts, "
                  f"{report['events']['submission']:,} submissions; lines a second "
                  f"(pflogsumm: of the first {workshop.short_lines:,})")
    table.add("replay, wall", per_second(middle(rate)), f"pflogsumm {per_second(middle(peer))}",
              f"{ratio:.1f} x, >= {TIMES_PFLOGSUMM} x", ratio >= TIMES_PFLOGSUMM)
    table.add("replay, CPU of all threads", per_second(workshop.log_lines / middle([run.cpu for run in ours])),
              f"pflogsumm {per_second(workshop.short_lines / middle([run.cpu for run in pflogsumm]))}", f"{cpu:.1f} x")
    part = middle([a / b for a, b in zip(rate, grep_rate)])
    table.add("replay, wall", per_second(middle(rate)), f"grep -c {per_second(middle(grep_rate))}", f"{part:.3f} x")
    table.add("replay, memory", f"{middle([run.peak_bytes for run in ours]) / 1e6:.0f} MB at most")
    table.add("replay, honest accounts restricted", f"{len(report['restricted'])}")


def measure_trace(workshop, table):
    replay = [workshop.postreeve, "replay", "--trace", workshop.trace, "-o", "json", "--geo", workshop.geography]
    ours, peer, bare = [], [], []
    for _ in range(workshop.rounds):
        peer.append(stopwatch([workshop.simdjson_pass, workshop.trace]))
        ours.append(stopwatch(replay))
        bare.append(float(peer[-1].output.split()[2]))
    check_report(ours[0], workshop.trace_lines, "trace")
    if int(peer[0].output.split()[0]) != workshop.trace_lines:
        raise SystemExit("bench: simdjson did not find the event of every line")

    rate = workshop.trace_lines / middle([run.wall for run in ours])
    wall = middle([a.wall / b.wall for a, b in zip(ours, peer)])
    cpu = middle([a.cpu / b.cpu for a, b in zip(ours, peer)])
    pure = middle([a.wall / seconds for a, seconds in zip(ours, bare)])
    table.section(f"Trace: {workshop.trace_lines:,} events, {workshop.trace.stat().st_size / 1e6:.0f} MB; events a second")
    simdjson_rate = workshop.trace_lines / middle([run.wall for run in peer])
    table.add("replay --trace, wall", per_second(rate), f"simdjson {per_second(simdjson_rate)}",
              f"{wall:.1f} x the time, <= {TIMES_SIMDJSON} x", wall <= TIMES_SIMDJSON)
    table.add("replay --trace, CPU of all threads",
              per_second(workshop.trace_lines / middle([run.cpu for run in ours])),
              f"simdjson {per_second(workshop.trace_lines / middle([run.cpu for run in peer]))}", f"{cpu:.1f} x the time")
    table.add("replay --trace, wall", per_second(rate),
              f"simdjson without reading {per_second(workshop.trace_lines / middle(bare))}",
              f"{pure:.1f} x the time, <= {TIMES_SIMDJSON} x", pure <= TIMES_SIMDJSON)
