"""The receiver curve as an SVG: what is caught, and what leaks, against honest people restricted."""
import math

WIDTH, HEIGHT = 760, 350
PANEL = {"width": 290, "height": 220, "top": 40}
LEFTS = (56, 438)
LOWEST, HIGHEST = 0.5, 5000.0  # of the x axis
STYLE = """
  text { font: 11px system-ui, sans-serif; fill: #57606a }
  .title { font-weight: 600 } .axis { stroke: #8c959f; fill: none } .grid { stroke: #8c959f; opacity: .25 }
  .curve { stroke: #0969da; stroke-width: 2; fill: none } .here { fill: #0969da }
  .now { fill: #0969da; stroke: #0969da; stroke-width: 5; stroke-opacity: .3 } .other { fill: #bc4c00 }
  .goal { fill: #2da44e; opacity: .18 }
  @media (prefers-color-scheme: dark) {
    text { fill: #adbac7 } .curve { stroke: #6cb6ff } .here, .now { fill: #6cb6ff } .now { stroke: #6cb6ff }
    .other { fill: #f69d50 }
  }"""


def x_of(left, rate):
    place = math.log(max(LOWEST, min(HIGHEST, rate)) / LOWEST) / math.log(HIGHEST / LOWEST)
    return left + PANEL["width"] * place


def y_of(share):
    return PANEL["top"] + PANEL["height"] * (1 - share)


def frame(left, title, goal_low, goal_high):
    bottom, right = y_of(0), left + PANEL["width"]
    parts = [f'<text class="title" x="{left}" y="{PANEL["top"] - 16}">{title}</text>',
             f'<rect class="goal" x="{left}" y="{y_of(goal_high):.1f}" width="{x_of(left, 10) - left:.1f}" '
             f'height="{y_of(goal_low) - y_of(goal_high):.1f}"/>']
    for percent in (0, 25, 50, 75, 100):
        y = y_of(percent / 100)
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{right}"/>'
                     f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{percent} %</text>')
    for rate in (1, 10, 100, 1000):
        x = x_of(left, rate)
        parts.append(f'<path class="grid" d="M{x:.1f} {PANEL["top"]}V{bottom}"/>'
                     f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{rate:,}</text>')
    parts.append(f'<path class="axis" d="M{left} {PANEL["top"]}V{bottom}H{right}"/>')
    parts.append(f'<text x="{left + PANEL["width"] / 2}" y="{bottom + 36}" text-anchor="middle">'
                 "honest accounts restricted in 10,000 account-months</text>")
    return parts


def points(left, curve, neighbours, value):
    places = [(x_of(left, point["rate"]), y_of(point[value]), point) for point in curve]
    parts = ['<path class="curve" d="M' + "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in places) + '"/>']
    for x, y, point in places:
        here = "now" if point["shift"] == 0 else "here"
        parts.append(f'<circle class="{here}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"><title>{point["shift"]:+d} nats'
                     "</title></circle>")
    for number, point in enumerate(neighbours, 1):
        x, y = x_of(left, point["rate"]), y_of(point[value])
        parts.append(f'<circle class="other" cx="{x:.1f}" cy="{y:.1f}" r="3.5"><title>{point["says"]}</title></circle>'
                     f'<text x="{x + 6:.1f}" y="{y + 4:.1f}">{number}</text>')
    return parts


def svg(curve, neighbours):
    """`curve`: {shift, rate, caught, leaked} in the order of shifts; `neighbours`: {says, rate, caught, leaked}."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
             'aria-label="Take-overs caught and messages leaked against honest accounts restricted">',
             f"<style>{STYLE}\n</style>"]
    for left, title, value, goal in ((LEFTS[0], "take-overs caught", "caught", (0.98, 1.0)),
                                     (LEFTS[1], "share of the attacks' messages out", "leaked", (0.0, 0.01))):
        parts += frame(left, title, *goal) + points(left, curve, neighbours, value)
    for line, text in enumerate(("line: Postreeve, thresholds moved together by -3 to +3 nats; ring: as shipped",
                                 "numbers: neighbours' rules as in the table; green: the goal")):
        parts.append(f'<text x="{LEFTS[0]}" y="{HEIGHT - 24 + 16 * line}">{text}</text>')
    return "\n".join([*parts, "</svg>", ""])
