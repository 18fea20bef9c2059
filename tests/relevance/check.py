#!/usr/bin/env python3
"""Checks the relevance set, and says how a plain BM25 does on it.

    python3 check.py                 the checks, and counts
    python3 check.py --baseline      also recall@10 and nDCG@10 of a plain BM25
    python3 check.py --run FILE      also those of a run: lines of {"id": "q001", "ranked": ["no-roof", …]}
    python3 check.py --pool [N]      also the hits among the first N, of the BM25 or the run, that nobody has judged: to read and judge
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import background
from measures import UNSPACED, Bm25, means, ranked_by, terms, whole_text

HERE = Path(__file__).parent
AS_OF = "2026-11-18T12:00:00Z"  # the day on which the queries are asked
KINDS = ["keyword", "topic", "question", "meaning", "typo", "prefix", "phrase", "name-topic", "identifier", "date", "cross-language", "mixed"]
SPLITS = ["dev", "test"]
SOURCES = {"web", "api", "whatsapp"}
GROUPS = {"cjk": {"ja", "ko", "zh"}, "rtl": {"ar"}}
MIN_MEMORIES, MIN_JUDGED, MIN_QUERIES = 2000, 900, 300

ID = re.compile(r"[a-z]{2}-[a-z0-9-]{1,40}")
EMAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
URL = re.compile(r"https?://([\w.-]+)")
RESERVED = re.compile(r"(?:.+\.)?example(?:\.(?:com|org|net))?")
# Ranges that the numbering authorities of some countries keep for fiction.
FICTION = re.compile(r"01632960\d{3}|07700900\d{3}|\d{3}55501\d\d|046571\d{4}")
PHONE = re.compile(r"(?<![\w-])(?:0[1-7]\d{3}[ -]?\d{6}|0[1-9](?:[ .]\d\d){4}|\d{3}-\d{3}-\d{4})(?![\w-])")


def read(path):
    """The objects of a file of JSON lines, each with where it is."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line:
            yield f"{path.name}:{number}", json.loads(line)


def memory_problems(where, memory):
    """What is wrong with a memory."""
    wanted = {"id", "person", "language", "title", "text", "tags", "category", "createdAt", "source"}
    if set(memory) - {"messages"} != wanted:
        return [f"{where}: has the fields {sorted(memory)}"]
    found = []
    if not ID.fullmatch(memory["id"]):
        found.append(f"{where}: id {memory['id']!r}")
    if not memory["text"].strip() or (memory["title"] is not None and not 1 <= len(memory["title"]) <= 255):
        found.append(f"{where}: no text, or a title that is empty or too long")
    if memory["source"] not in SOURCES:
        found.append(f"{where}: source {memory['source']!r}")
    messages = memory.get("messages", [])
    times = [memory["createdAt"], *(message["createdAt"] for message in messages)]
    if times != sorted(times) or times[-1] > AS_OF:
        found.append(f"{where}: times out of order, or after {AS_OF}")
    for time in times:
        try:
            datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            found.append(f"{where}: time {time!r}")
    if [message["id"] for message in messages] != [f"{memory['id']}.{n + 1}" for n in range(len(messages))]:
        found.append(f"{where}: ids of its messages")
    text = whole_text(memory)
    hosts = EMAIL.findall(text) + URL.findall(text)
    found += [f"{where}: {host} is not an example address" for host in hosts if not RESERVED.fullmatch(host)]
    numbers = [re.sub(r"\D", "", number) for number in PHONE.findall(text)]
    found += [f"{where}: {number} is not a number for fiction" for number in numbers if not FICTION.fullmatch(number)]
    return found


def query_problems(where, query, by_id, frequencies):
    """What is wrong with a query."""
    if set(query) - {"neutral"} != {"id", "text", "kind", "language", "split", "judgements"}:
        return [f"{where}: has the fields {sorted(query)}"]
    found, judged, neutral = [], query["judgements"], query.get("neutral", [])
    if query["kind"] not in KINDS or query["split"] not in SPLITS or not query["text"].strip():
        found.append(f"{where}: kind, split or text")
    found += [f"{where}: judges {i}, which does not exist" for i in [*judged, *neutral] if i not in by_id]
    found += [f"{where}: {i} is both judged and neutral" for i in neutral if i in judged]
    found += [f"{where}: neutral {i} is in the language of the query" for i in neutral if i in by_id and by_id[i]["language"] == query["language"]]
    if any(grade not in (1, 2, 3) for grade in judged.values()) or max(judged.values(), default=0) < 2:
        found.append(f"{where}: a grade that is not 1, 2 or 3, or none of 2 or more")
    if query["kind"] == "meaning" and not found:
        # Short words, and words of many memories of that language, say nothing of what a memory is about.
        frequency = frequencies[query["language"]]
        rare = {t for t in terms(query["text"]) if len(t) > 3 and frequency[t] <= max(2, frequency[None] // 60)}
        for i in (i for i, grade in judged.items() if grade == 3):
            shared = rare & set(terms(whole_text(by_id[i])))
            if shared:
                found.append(f"{where}: a query for meaning shares {sorted(shared)} with {i}: {query['text']}")
    asked = terms(query["text"])
    for i in (i for i, grade in judged.items() if grade == 3 and not found):
        held = terms(whole_text(by_id[i]))
        fits = {
            "phrase": any(held[at : at + len(asked)] == asked for at in range(len(held))),
            "prefix": any(asked[-1] != term and term.startswith(asked[-1]) for term in held) or asked[-1] in held and bool(UNSPACED.search(asked[-1])),
            "typo": bool(set(asked) - set(held)),
            "identifier": set(asked) & set(held),
            "cross-language": by_id[i]["language"] != query["language"],
        }
        if not fits.get(query["kind"], True):
            found.append(f"{where}: {query['kind']} query does not fit {i}: {query['text']}")
    return found


def question_problems(where, question, by_id):
    """What is wrong with a question."""
    if set(question) != {"id", "text", "language", "split", "holds"}:
        return [f"{where}: has the fields {sorted(question)}"]
    found = [f"{where}: {i} does not exist" for i in question["holds"] if i not in by_id]
    if question["split"] not in SPLITS or not question["text"].strip() or len(set(question["holds"])) < len(question["holds"]):
        found.append(f"{where}: split, text or holds")
    return found


def count_lines(title, rows):
    """A small table: how many of each."""
    print(f"\n{title}")
    for name, count in rows:
        print(f"  {name:<16} {count:>5}")


def print_measures(title, queries, rank):
    """Recall and nDCG of a ranking, by kind, by language, by group of languages and by split."""
    def groups_of(query):
        groups = [f"group {name}" for name, languages in GROUPS.items() if query["language"] in languages]
        return [f"kind {query['kind']}", f"language {query['language']}", *groups, f"split {query['split']}", "all"]

    found = means(queries, rank, groups_of)
    by_language = sorted(row for row in found if row.startswith(("language", "group")))
    print(f"\n{title:<24} {'queries':>7} {'recall@10':>10} {'nDCG@10':>10}")
    for row in [f"kind {kind}" for kind in KINDS] + by_language + [f"split {split}" for split in SPLITS] + ["all"]:
        count, recall, ndcg = found.get(row, (0, 0.0, 0.0))
        print(f"{row:<24} {count:>7} {recall:>10.3f} {ndcg:>10.3f}")


def print_pool(queries, rank, by_id, depth):
    """The best hits that nobody has judged, for a person to read."""
    for query in queries:
        print(f"\n{query['id']} [{query['kind']}] {query['text']}   {query['judgements']}")
        for i in ranked_by(rank, query, depth):
            if i not in query["judgements"]:
                print(f"    {i}: {by_id[i]['title'] or ''} / {by_id[i]['text'][:90]!r}")


def main():
    """Checks, and prints what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baseline", action="store_true", help="recall@10 and nDCG@10 of a plain BM25")
    parser.add_argument("--run", type=Path, metavar="FILE", help="recall@10 and nDCG@10 of a run")
    parser.add_argument("--pool", type=int, metavar="N", nargs="?", const=20, help="hits among the first N that nobody judged")
    arguments = parser.parse_args()

    placed = [entry for path in sorted((HERE / "memories").glob("*.jsonl")) for entry in read(path)]
    memories = [memory for _, memory in placed]
    placed_queries = list(read(HERE / "queries.jsonl"))
    queries = [query for _, query in placed_queries]
    placed_questions = list(read(HERE / "data" / "questions.jsonl"))
    questions = [question for _, question in placed_questions]
    by_id = {memory["id"]: memory for memory in memories}
    frequencies = defaultdict(Counter)  # by language: in how many memories a term is; under None, how many there are
    for memory in memories:
        frequencies[memory["language"]].update({None, *terms(whole_text(memory))})

    found = [problem for where, memory in placed for problem in memory_problems(where, memory)]
    found += [problem for where, query in placed_queries for problem in query_problems(where, query, by_id, frequencies)]
    found += [problem for where, question in placed_questions for problem in question_problems(where, question, by_id)]
    for name, values in [
        ("memory id", [m["id"] for m in memories]),
        ("memory", [whole_text(m) for m in memories]),
        ("query id", [q["id"] for q in queries]),
        ("query", [q["text"].casefold() for q in queries]),
        ("question id", [q["id"] for q in questions]),
        ("question", [q["text"].casefold() for q in questions]),
    ]:
        found += [f"{name} {value!r} is there {count} times" for value, count in Counter(values).items() if count > 1]
    if [m for m in memories if m["person"] == background.PERSON] != background.memories():
        found.append("memories/background.jsonl is not what background.py makes")
    halved = {kind: [q for q in queries if q["kind"] == kind] for kind in KINDS}
    halved |= {kind: [q for q in questions if bool(q["holds"]) == has_answer] for kind, has_answer in [("answerable", True), ("unanswerable", False)]}
    for kind, of in halved.items():
        halves = Counter(q["split"] for q in of)
        if abs(halves["dev"] - halves["test"]) > 1:
            found.append(f"{kind}: dev and test are not halves: {dict(halves)}")
    judged = {i for query in queries for i in query["judgements"]}
    for name, count, least in [("memories", len(memories), MIN_MEMORIES), ("judged memories", len(judged), MIN_JUDGED), ("queries", len(queries), MIN_QUERIES)]:
        if count < least:
            found.append(f"only {count} {name}, not {least}")

    print(f"{len(memories)} memories, {len(judged)} of them judged for a query; {len(queries)} queries, {sum(len(q['judgements']) for q in queries)} judgements")
    print(f"{len(questions)} questions, {sum(not q['holds'] for q in questions)} of them without an answer")
    words = sorted(len(terms(m["text"])) for m in memories)
    print(f"words of a memory: median {words[len(words) // 2]}, most {words[-1]}; {sum(len(m.get('messages', [])) for m in memories)} messages")
    count_lines("memories by language", Counter(m["language"] for m in memories).most_common())
    count_lines("queries by language", Counter(q["language"] for q in queries).most_common())
    count_lines("queries by kind", [(kind, sum(q["kind"] == kind for q in queries)) for kind in KINDS])
    count_lines("judgements by grade", sorted(Counter(g for q in queries for g in q["judgements"].values()).items(), reverse=True))

    if arguments.run:
        run = {line["id"]: line["ranked"] for _, line in read(arguments.run)}
        rank, title = lambda query, depth: run.get(query["id"], [])[:depth], arguments.run.name
    elif arguments.baseline or arguments.pool:
        engine = Bm25(memories)
        rank, title = lambda query, depth: engine.search(query["text"], depth), "plain BM25"
    if arguments.baseline or arguments.run:
        print_measures(title, queries, rank)
    if arguments.pool:
        print_pool(queries, rank, by_id, arguments.pool)
    for problem in found:
        print(problem, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
