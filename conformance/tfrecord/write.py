"""Writes TFRecord files with TensorFlow, and what they hold as JSON: write.py FOLDER COUNT.

plain.tfrecord, gzip.tfrecord, zlib.tfrecord: COUNT random Examples, the same in each.
sequence.tfrecord: COUNT / 4 random SequenceExamples.
unusual.tfrecord: COUNT Examples and SequenceExamples in encodings that no encoder writes, half of them damaged by a byte.
expected.json: what protobuf reads in them; null where it refuses a record: where either of its implementations does (the
one in Python lets some malformed unknown fields pass, upb does not).
"""

import json
import os
import random
import subprocess
import sys

import dump  # Before TensorFlow: it chooses protobuf's implementation.
import tensorflow as tf
import unusual
from google.protobuf.message import DecodeError

SEED = 20240602
INT64 = [0, 1, -1, 127, 128, 2**31, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]
FLOATS = [0.0, -0.0, 1.0, 1e-45, 3.4e38, float("inf"), float("-inf"), float("nan")]


def random_feature(source):
    count = source.choice([0, 1, 1, 1, 2, 17, 100])
    kind = source.randrange(4)
    if kind == 0:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[source.randbytes(source.randrange(60)) for _ in range(count)]))
    if kind == 1:
        values = [source.choice(FLOATS) if source.random() < 0.3 else source.gauss(0, 1e3) for _ in range(count)]
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    if kind == 2:
        values = [source.choice(INT64) if source.random() < 0.5 else source.getrandbits(64) - 2**63 for _ in range(count)]
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    return tf.train.Feature()


def random_features(source):
    names = source.sample(["image", "image_name", "target", "", "__proto__", "größe", "\uff61", "\U00010000", "z"], source.randrange(6))
    return tf.train.Features(feature={name: random_feature(source) for name in names})


def random_sequence(source):
    lists = {
        name: tf.train.FeatureList(feature=[random_feature(source) for _ in range(source.randrange(4))])
        for name in source.sample(["frames", "words", ""], source.randrange(3))
    }
    return tf.train.SequenceExample(context=random_features(source), feature_lists=tf.train.FeatureLists(feature_list=lists))


def write(path, records, compression=""):
    with tf.io.TFRecordWriter(path, compression) as writer:
        for record in records:
            writer.write(record)


def accepted_by_upb(path):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "accepted.py")
    return json.loads(subprocess.run([sys.executable, script, path], check=True, stdout=subprocess.PIPE).stdout)


def parsed(read, record, accepted):
    try:
        return read(record) if accepted else None
    except (DecodeError, UnicodeDecodeError):
        return None


def main(folder, count):
    source = random.Random(SEED)
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name)
    examples = [tf.train.Example(features=random_features(source)).SerializeToString(deterministic=True) for _ in range(count)]
    for name, compression in [("plain", ""), ("gzip", "GZIP"), ("zlib", "ZLIB")]:
        write(path(f"{name}.tfrecord"), examples, compression)
    sequences = [random_sequence(source).SerializeToString(deterministic=True) for _ in range(count // 4)]
    write(path("sequence.tfrecord"), sequences)
    odd = []
    for i in range(count):
        record = (unusual.sequence if i % 4 == 3 else unusual.example)(source)
        odd.append(unusual.damaged(source, record) if i % 2 else record)
    write(path("unusual.tfrecord"), odd)
    expected = {
        "versions": {"tensorflow": tf.__version__, "seed": SEED, "count": count},
        "examples": [dump.example(record) for record in examples],
        "sequences": [dump.sequence(record) for record in sequences],
        "unusual": [
            {"example": parsed(dump.example, record, as_example), "sequence": parsed(dump.sequence, record, as_sequence)}
            for record, (as_example, as_sequence) in zip(odd, accepted_by_upb(path("unusual.tfrecord")), strict=True)
        ],
    }
    with open(path("expected.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file, separators=(",", ":"), ensure_ascii=True)
        file.write("\n")


main(sys.argv[1], int(sys.argv[2]))
