#!/usr/bin/env python3
"""Prints the best goal that a study has found so far.

    pip install -r requirements.txt
    python best.py 127.0.0.1:7700 first
"""

import sys

from client import Server


def main(address, study):
    best = Server(address).GetBestGoal(name=f"studies/{study}")
    print(f"trial {best.trial.number} of {study} is worth {best.value:.4f}")
    for term in best.terms:
        print(f"{term.term:14}{term.gamma:+.4f}")
    print(best.sentence)


if __name__ == "__main__":
    main(*sys.argv[1:])
