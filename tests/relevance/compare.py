#!/usr/bin/env python3
"""Scores rankings of the relevance set beside a plain BM25 and SQLite's FTS5.

    python3 compare.py FOLDER       of the rankings that bench-relevance wrote to a folder: <name>.jsonl
    python3 compare.py FOLDER --json FILE

Prints recall@10 / nDCG@10 by split and kind, and by language. Fails if what is found by words and meaning together is worse than
by either alone, in either split.
"""

import argparse
import json
import sys
from pathlib import Path

from check import GROUPS, HERE, KINDS, SPLITS, read
from measures import Bm25, Fts5, means

PARTS = {"hybrid": ["text", "semantic"], "hybrid-served": ["text", "semantic-served"]}
NAMES = ["text", "semantic", "hybrid", "semantic-served", "hybrid-served"]


def rankings(folder, memories):
    """The rankings by name: a query and a depth in, memories out."""
    found = {}
    for name, engine in [("BM25", Bm25(memories)), (f"SQLite {Fts5.VERSION}", Fts5(memories))]:
        found[name] = lambda query, depth, engine=engine: engine.search(query["text"], depth)
    for name in NAMES:
        path = folder / f"{name}.jsonl"
        if path.exists():
            run = {line["id"]: line["ranked"] for _, line in read(path)}
            found[name] = lambda query, depth, run=run: run[query["id"]][:depth]
    return found


def groups_of(query):
    """What a query is counted as."""
    split, groups = query["split"], [name for name, languages in GROUPS.items() if query["language"] in languages]
    return [(split, query["kind"]), (split, "all"), ("language", query["language"]), *(("language", name) for name in groups), ("language", "all")]


def print_table(title, names, scores, rows):
    """One line for each row, recall@10 / nDCG@10 of each ranking."""
    print(f"\n| {title} | queries | " + " | ".join(names) + " |")
    print("| --- | --: |" + " --: |" * len(names))
    for row in rows:
        cells = [scores[name][row] for name in names]
        print(f"| {row[1]} | {cells[0][0]} | " + " | ".join(f"{recall:.3f} / {ndcg:.3f}" for _, recall, ndcg in cells) + " |")


def losses(scores):
    """Where both together are worse than one of them."""
    for both, parts in PARTS.items():
        for split in SPLITS if both in scores else []:
            for part in parts:
                for measure, at in [("recall@10", 1), ("nDCG@10", 2)]:
                    mine, theirs = scores[both][split, "all"][at], scores[part][split, "all"][at]
                    if mine <= theirs:
                        yield f"{split}: {measure} of {both} is {mine:.4f}, of {part} {theirs:.4f}"


def main():
    """Scores, prints, and writes what was printed as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="of the rankings")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures")
    arguments = parser.parse_args()

    memories = [memory for path in sorted((HERE / "memories").glob("*.jsonl")) for _, memory in read(path)]
    queries = [query for _, query in read(HERE / "queries.jsonl")]
    runs = rankings(arguments.folder, memories)
    scores = {name: means(queries, rank, groups_of) for name, rank in runs.items()}
    names = list(scores)
    for split in SPLITS:
        print_table(f"**{split}**", names, scores, [(split, kind) for kind in [*KINDS, "all"]])
    by_count = sorted({row for row in scores[names[0]] if row[0] == "language"}, key=lambda row: (row[1] == "all", row[1] in GROUPS, row[1]))
    print_table("**language**", names, scores, by_count)

    if arguments.json:
        rows = [
            {"ranking": name, "of": of, "group": group, "queries": count, "recallAt10": recall, "ndcgAt10": ndcg}
            for name, groups in scores.items()
            for (of, group), (count, recall, ndcg) in groups.items()
        ]
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    found = list(losses(scores))
    for loss in found:
        print(loss, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
