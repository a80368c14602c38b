"""Runs commands in turn and says what each run cost. Job on stdin, samples on stdout, both JSON; see measure.ts.

Python, because wait4(2) tells CPU time and peak memory to the microsecond and Node does not offer it.
"""

import json
import os
import sys
import time

QUIET = [
    (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
    (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
]


def run(argv, env, wanted):
    start = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, env, file_actions=QUIET)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    if wanted is not None and code != wanted:
        sys.exit(f"{' '.join(argv)}: exit {code}, not {wanted}")
    return {
        "wallMs": wall * 1e3,
        "cpuMs": (usage.ru_utime + usage.ru_stime) * 1e3,
        "peakMb": usage.ru_maxrss / 1024,
    }


def main():
    job = json.load(sys.stdin)
    samples = [[] for _ in job["commands"]]
    # The first turn warms the page cache and is not counted.
    for turn in range(job["runs"] + 1):
        for index, command in enumerate(job["commands"]):
            for words in command["before"]:
                run(words, command["env"], 0)
            sample = run(command["argv"], command["env"], command["exit"])
            if turn > 0:
                samples[index].append(sample)
    json.dump(samples, sys.stdout)


main()
