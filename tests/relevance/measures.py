"""The measures, and what any search must beat: a plain BM25 in Python, and the full-text search of SQLite."""

import math
import re
import sqlite3
import unicodedata
from collections import Counter, defaultdict

# Scripts that are written without spaces between words: pairs of characters are the terms.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
# Letters with their marks (an Indic vowel sign is a mark), and digits.
WORD = re.compile(r"[\w\u0900-\u097f]+")


def terms(text):
    """The words of a text, folded; of unspaced scripts the pairs of characters."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = unicodedata.normalize("NFC", "".join(c for c in folded if not 0x300 <= ord(c) < 0x370))
    found = []
    for word in WORD.findall(folded.replace("_", " ")):
        at = 0
        for run in UNSPACED.finditer(word):
            found += [word[at : run.start()]] if run.start() > at else []
            letters = run.group()
            found += [letters[i : i + 2] for i in range(len(letters) - 1)] or [letters]
            at = run.end()
        found += [word[at:]] if at < len(word) else []
    return found


def whole_text(memory):
    """Everything of a memory that a search may find it by."""
    messages = [message["text"] for message in memory.get("messages", [])]
    return "\n".join([memory["title"] or "", " ".join(memory["tags"]), memory["category"] or "", memory["text"], *messages])


class Bm25:
    """Okapi BM25 over whole memories: no stemming, no prefixes, no typos, no stop words."""

    def __init__(self, memories, k1=1.2, b=0.75):
        self.k1, self.b, self.ids, self.postings, self.lengths = k1, b, [], defaultdict(list), []
        for number, memory in enumerate(memories):
            counts = Counter(terms(whole_text(memory)))
            self.ids.append(memory["id"])
            self.lengths.append(sum(counts.values()))
            for term, count in counts.items():
                self.postings[term].append((number, count))
        self.average = sum(self.lengths) / max(1, len(self.lengths))

    def search(self, text, limit):
        """The ids of the best memories; equal ones by id."""
        scores = defaultdict(float)
        for term in sorted(set(terms(text))):
            posting = self.postings.get(term, [])
            idf = math.log(1 + (len(self.ids) - len(posting) + 0.5) / (len(posting) + 0.5))
            for number, count in posting:
                norm = self.k1 * (1 - self.b + self.b * self.lengths[number] / self.average)
                scores[number] += idf * count * (self.k1 + 1) / (count + norm)
        best = sorted(scores.items(), key=lambda hit: (-hit[1], self.ids[hit[0]]))[:limit]
        return [self.ids[number] for number, _ in best]


class Fts5:
    """The full-text search of SQLite: stemming, accents folded, titles before tags before texts."""

    VERSION = sqlite3.sqlite_version

    def __init__(self, memories):
        self.db = sqlite3.connect(":memory:")
        self.db.execute("create virtual table t using fts5(id unindexed, title, tags, body, tokenize='porter unicode61 remove_diacritics 2')")
        for memory in memories:
            tags = " ".join([*memory["tags"], memory["category"] or ""])
            body = "\n".join([memory["text"], *(message["text"] for message in memory.get("messages", []))])
            self.db.execute("insert into t values (?, ?, ?, ?)", (memory["id"], memory["title"] or "", tags, body))

    def search(self, text, limit):
        """The ids of the best memories that hold any word or phrase of a text, or a word that begins like its last one."""
        found = [phrase or word for phrase, word in re.findall(r'"([^"]+)"|([^\s"]+)', text)]
        wanted = " OR ".join(f'"{part}"' for part in found) + ("" if text.endswith((" ", '"')) else "*")
        rows = self.db.execute("select id from t where t match ? order by bm25(t, 0, 2.5, 2, 1), id limit ?", (wanted, limit))
        return [row[0] for row in rows]


def recall_at_10(ranked, judgements):
    """Which share of the memories of grade 2 and 3 (of ten, if there are more) is among the first ten."""
    wanted = {i for i, grade in judgements.items() if grade >= 2}
    return len(wanted & set(ranked[:10])) / min(10, len(wanted))


def ndcg_at_10(ranked, judgements):
    """Normalised discounted cumulative gain of the first ten, with a gain of 2^grade - 1."""

    def gain(grades):
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:10]))

    return gain([judgements.get(i, 0) for i in ranked]) / gain(sorted(judgements.values(), reverse=True))


def ranked_by(rank, query, depth):
    """The first memories of a ranking, without those that count neither way."""
    neutral = set(query.get("neutral", []))
    return [i for i in rank(query, depth + len(neutral)) if i not in neutral][:depth]


def means(queries, rank, groups_of):
    """Of each group of queries: how many there are, and the means of both measures over them."""
    sums = defaultdict(lambda: [0, 0.0, 0.0])
    for query in queries:
        ranked = ranked_by(rank, query, 10)
        recall, ndcg = recall_at_10(ranked, query["judgements"]), ndcg_at_10(ranked, query["judgements"])
        for group in groups_of(query):
            count, recalls, ndcgs = sums[group]
            sums[group] = [count + 1, recalls + recall, ndcgs + ndcg]
    return {group: (count, recalls / count, ndcgs / count) for group, (count, recalls, ndcgs) in sums.items()}
