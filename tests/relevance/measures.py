"""A plain BM25 in Python, and the measures. For orientation: what any search must beat."""

import math
import re
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


def recall_at_10(ranked, judgements):
    """Which share of the memories of grade 2 and 3 (of ten, if there are more) is among the first ten."""
    wanted = {i for i, grade in judgements.items() if grade >= 2}
    return len(wanted & set(ranked[:10])) / min(10, len(wanted))


def ndcg_at_10(ranked, judgements):
    """Normalised discounted cumulative gain of the first ten, with a gain of 2^grade - 1."""

    def gain(grades):
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:10]))

    return gain([judgements.get(i, 0) for i in ranked]) / gain(sorted(judgements.values(), reverse=True))
