#!/usr/bin/env python3
"""Which files of a room a test build compiles together.

    batches.py FILE...      one line a file: the number of its batch

The headers are most of the time that a file takes; together they are read once. Each file's unnamed namespace holds
names that others use, too (kKeys, make): such files go into different batches, when CMake configures. "redefinition
of" is a name that was given since: configure again. When it stays, this does not see the name: give one of the two
another.
"""

import re
import sys

MOST_FILES = 12

NAMED = [
    re.compile(r"(?:class|struct|enum class|enum|union|concept) (\w+)"),
    re.compile(r"using (\w+) ="),
    re.compile(r"MATCHER\w*\((\w+)"),
    re.compile(r"#define (\w+)"),
    re.compile(r"(?!using |namespace |static_assert|template|[A-Z][A-Z0-9_]+\()(?=[\w:\[]).*?(\w+)(?:\(| =|\{|\[|;)"),
]


def own_names(path):
    """The names that a file declares for itself: at the start of a line, as clang-format leaves them."""
    names = set()
    is_own = False
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("namespace {"):
                is_own = True
            elif line.rstrip() == "}  // namespace":
                is_own = False
            elif is_own or line.startswith("#define"):
                found = next((match for pattern in NAMED if (match := pattern.match(line))), None)
                if found:
                    names.add(found.group(1))
    return names


def batches(paths):
    numbers = []
    taken = []  # a batch: its number of files and their names
    for path in paths:
        names = own_names(path)
        fits = (at for at, (count, used) in enumerate(taken) if count < MOST_FILES and not used & names)
        at = next(fits, len(taken))
        if at == len(taken):
            taken.append((0, set()))
        taken[at] = (taken[at][0] + 1, taken[at][1] | names)
        numbers.append(at)
    return numbers


if __name__ == "__main__":
    for number in batches(sys.argv[1:]):
        print(number)
