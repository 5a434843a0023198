"""Reads TFRecord files with tf.data, every checksum verified, and prints the seconds that the passes took.

tfrecord.py MODE PASSES FILE...   MODE: single (parse_single_example), batched (parse_example on 64), autotune (batched, all cores)
The start of TensorFlow and one pass that warms the page cache and traces the functions do not count.
"""

import sys
import time

import tensorflow as tf

mode, passes, files = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
threads = 0 if mode == "autotune" else 1
tf.config.threading.set_inter_op_parallelism_threads(threads)
tf.config.threading.set_intra_op_parallelism_threads(threads)

FEATURES = {
    "image": tf.io.FixedLenFeature([], tf.string),
    "image_name": tf.io.FixedLenFeature([], tf.string),
    "target": tf.io.FixedLenFeature([], tf.int64),
}


def dataset():
    records = tf.data.TFRecordDataset(files)
    if mode == "single":
        parsed = records.map(lambda record: tf.io.parse_single_example(record, FEATURES))
    else:
        calls = tf.data.AUTOTUNE if mode == "autotune" else None
        parsed = records.batch(64).map(lambda batch: tf.io.parse_example(batch, FEATURES), num_parallel_calls=calls)
    options = tf.data.Options()
    if mode != "autotune":
        options.threading.private_threadpool_size = 1
        options.autotune.enabled = False
    return parsed.with_options(options)


@tf.function
def consume(parsed):
    # Touches every value inside the graph, so that Python's loop does not count.
    total = tf.constant(0, tf.int64)
    for one in parsed:
        total += tf.cast(tf.reduce_sum(tf.strings.length(one["image"])), tf.int64)
        total += tf.reduce_sum(one["target"])
    return total


parsed = dataset()
consume(parsed)
start = time.perf_counter()
for _ in range(passes):
    total = consume(parsed)
seconds = time.perf_counter() - start
print(seconds, int(total))
