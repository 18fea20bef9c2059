"""The nearest by an exact scan with numpy, and by usearch, which looks at a part of the vectors: what `peer.rs` runs beside ours."""

import json
import sys
import time

try:
    import numpy
except ImportError:
    sys.exit("no numpy: no peers")

count, dimensions, queries, wanted = (int(size) for size in sys.argv[1:])
numbers = numpy.frombuffer(sys.stdin.buffer.read(), dtype="<f4").reshape(count + queries, dimensions)
vectors = numpy.ascontiguousarray(numbers[:count])


def measure(what, search, build_ms, bytes_per_vector):
    """Times the queries one by one, and tells what they find."""
    times_ms, found = [], []
    for query in numbers[count:]:
        started = time.thread_time()
        best = search(query)
        times_ms.append((time.thread_time() - started) * 1e3)
        found.append([int(at) for at in best])
    row = {"what": what, "timesMs": times_ms, "found": found, "buildMs": build_ms, "bytesPerVector": bytes_per_vector}
    print(json.dumps(row), flush=True)


def scan(query):
    """All of them, in one product."""
    scores = vectors @ query
    best = numpy.argpartition(-scores, wanted)[:wanted]
    return best[numpy.argsort(-scores[best])]


measure(f"numpy {numpy.__version__}, f32, exact", scan, None, 4 * dimensions)

# A graph of vectors of large models takes ten minutes to build.
if dimensions <= 256:
    try:
        import usearch
        from usearch.index import Index
    except ImportError:
        sys.exit("no usearch: no second peer")
    index = Index(ndim=dimensions, metric="cos", dtype="i8")
    started = time.thread_time()
    index.add(numpy.arange(count), vectors, threads=1)
    build_ms = (time.thread_time() - started) * 1e3
    measure(
        f"usearch {usearch.__version__}, 8 bits, a graph",
        lambda query: index.search(query, wanted, threads=1).keys,
        build_ms,
        index.memory_usage / count,
    )
