"""An exact search with numpy: what `peer.rs` runs beside ours."""

import sys
import time

import numpy

count, dimensions, queries, wanted = (int(size) for size in sys.argv[1:])
numbers = numpy.frombuffer(sys.stdin.buffer.read(), dtype="<f4").reshape(count + queries, dimensions)
vectors = numpy.ascontiguousarray(numbers[:count])
for query in numbers[count:]:
    start = time.thread_time()
    scores = vectors @ query
    best = numpy.argpartition(-scores, wanted)[:wanted]
    best = best[numpy.argsort(-scores[best])]
    print((time.thread_time() - start) * 1e3, *best)
