"""What bench_text measures beside: FTS5 with its stemmer, in memory. Reads memories, an empty line, and queries by kind."""

import json
import sqlite3
import sys
import time

lines = sys.stdin.read().split("\n")
end = lines.index("")
db = sqlite3.connect(":memory:")
db.execute("create virtual table t using fts5(title, tags, body, tokenize='porter unicode61 remove_diacritics 2')")
started = time.process_time()
db.executemany("insert into t values (?, ?, ?)", (line.split("\t") for line in lines[:end]))
db.commit()
build_ms = (time.process_time() - started) * 1e3
[(size,)] = db.execute("select page_count * page_size from pragma_page_count(), pragma_page_size()")
searches_ms = {}
for line in filter(None, lines[end + 1 :]):
    name, *queries = line.split("\t")
    searches_ms[name] = []
    for query in queries:
        started = time.process_time()
        db.execute("select rowid, bm25(t, 2.5, 2, 1) s from t where t match ? order by s limit 20", (query,)).fetchall()
        searches_ms[name].append((time.process_time() - started) * 1e3)
print(json.dumps({"name": f"SQLite {sqlite3.sqlite_version}, all of it", "buildMs": build_ms, "bytes": size, "searchesMs": searches_ms}))
