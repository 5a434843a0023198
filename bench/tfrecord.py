"""TensorFlow as a worker of the bench: tf.data over TFRecord files, every checksum verified.

tfrecord.py where          prints the path of this Python
tfrecord.py serve          answers lines of JSON {"mode", "batch", "passes", "files"}; one thread
tfrecord.py serve parallel the same with all cores

Modes: single (parse_single_example), batched (parse_example on `batch` records). What is read is summed up inside the
graph (a reduction that touches every value), so that Python's loop over elements does not count; nor do TensorFlow's
start and a first pass that traces the functions.
"""

import json
import sys
import time

if sys.argv[1] == "where":
    print(sys.executable)
    sys.exit()

import tensorflow as tf  # noqa: E402

parallel = sys.argv[2:] == ["parallel"]
tf.config.threading.set_inter_op_parallelism_threads(0 if parallel else 1)
tf.config.threading.set_intra_op_parallelism_threads(0 if parallel else 1)

# Larger than TensorFlow's default, which is 10 to 40 % slower here.
BUFFER_BYTES = 8 << 20
FEATURES = {
    "image": tf.io.FixedLenFeature([], tf.string),
    "image_name": tf.io.FixedLenFeature([], tf.string),
    "target": tf.io.FixedLenFeature([], tf.int64),
}


def dataset(mode, batch, files):
    calls = tf.data.AUTOTUNE if parallel else None
    records = tf.data.TFRecordDataset(files, buffer_size=BUFFER_BYTES, num_parallel_reads=calls)
    if mode == "single":
        parsed = records.map(lambda record: tf.io.parse_single_example(record, FEATURES), num_parallel_calls=calls)
    else:
        parsed = records.batch(batch).map(lambda some: tf.io.parse_example(some, FEATURES), num_parallel_calls=calls)
    options = tf.data.Options()
    if not parallel:
        options.threading.private_threadpool_size = 1
        options.autotune.enabled = False
    return parsed.with_options(options)


def consumer():
    @tf.function
    def consume(parsed):
        total = tf.constant(0, tf.int64)
        for one in parsed:
            total += tf.cast(tf.reduce_sum(tf.strings.length(one["image"])), tf.int64)
            total += tf.reduce_sum(one["target"])
        return total

    return consume


known = {}
for line in sys.stdin:
    request = json.loads(line)
    key = json.dumps([request["mode"], request["batch"], request["files"]])
    if key not in known:
        known[key] = (dataset(request["mode"], request["batch"], request["files"]), consumer())
        known[key][1](known[key][0])
    parsed, consume = known[key]
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(request["passes"]):
        total = consume(parsed)
    total = int(total)
    reply = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "total": total}
    print(json.dumps(reply), flush=True)
