"""What bench_text measures beside: FTS5 with its stemmer, in memory. Reads memories, an empty line, and queries by kind."""
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
print(f"SQLite {sqlite3.sqlite_version} build: {(time.process_time() - started) * 1e3:.0f} ms", flush=True)
for line in lines[end + 1 :]:
    name, *queries = line.split("\t")
    times = []
    for query in queries:
        started = time.process_time()
        db.execute("select rowid, bm25(t, 2.5, 2, 1) s from t where t match ? order by s limit 20", (query,)).fetchall()
        times.append((time.process_time() - started) * 1e3)
    if times:
        times.sort()
        print(f"  {name:12} p50 {times[len(times) // 2]:.3f} p99 {times[len(times) * 99 // 100]:.3f} ms", flush=True)
