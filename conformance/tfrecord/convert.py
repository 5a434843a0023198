"""Reads shards with TensorFlow, which verifies every checksum, and prints name, label and SHA-256 of each image.

usage: convert.py SHARD…
"""
import hashlib
import json
import sys

import tensorflow as tf

FEATURES = {
    "image": tf.io.FixedLenFeature([], tf.string),
    "image_name": tf.io.FixedLenFeature([], tf.string),
    "target": tf.io.FixedLenFeature([], tf.int64),
}
found = []
for record in tf.data.TFRecordDataset(sys.argv[1:]):
    example = tf.io.parse_single_example(record, FEATURES)
    digest = hashlib.sha256(example["image"].numpy()).hexdigest()
    found.append([example["image_name"].numpy().decode(), int(example["target"].numpy()), digest])
print(json.dumps(found))
