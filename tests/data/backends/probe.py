"""A metric for tests: the share of the reference's words in the hypothesis, and what its environment is."""

import os
import sys


def load(options):
    print("noise on stdout, as libraries make it")
    if options["model"] == "unreachable":
        raise OSError("cannot reach the hub\nsecond line")
    return options["model"], {"revision": "r1", "package": "probe 1", "prefix": sys.prefix}


def score(model, rows):
    print("more noise")
    if model == "dies":
        print("out of memory", file=sys.stderr, flush=True)
        os._exit(3)
    if model == "short":
        return [1.0]
    scores = []
    for row in rows:
        if row["hypothesis"] == "":
            scores.append(None)
            continue
        wanted = set((row["reference"] or row["source"]).split())
        scores.append(len(wanted & set(row["hypothesis"].split())) / len(wanted))
    return scores
