"""Reads TFRecord files with TensorFlow, checksums on, and prints what they hold as JSON: read.py JOB...

A job is KIND:COMPRESSION:PATH. KIND: `digest` (sha256 of each record), `example` or `sequence` (the values, and whether the
record is, byte for byte, what protobuf's deterministic serialization makes of them). COMPRESSION: empty, GZIP or ZLIB.
Printed is a list with, for each job, {"records": [...]} or {"error": the name of TensorFlow's error}.
"""

import hashlib
import json
import sys


import dump  # Before TensorFlow: it chooses protobuf's implementation.
import tensorflow as tf


def canonical(message_type, record):
    return message_type.FromString(record).SerializeToString(deterministic=True) == record


READERS = {
    "digest": lambda record: hashlib.sha256(record).hexdigest(),
    "example": lambda record: {"values": dump.example(record), "canonical": canonical(tf.train.Example, record)},
    "sequence": lambda record: {"values": dump.sequence(record), "canonical": canonical(tf.train.SequenceExample, record)},
}


def run(job):
    kind, compression, path = job.split(":", 2)
    records, error = dump.records(path, compression)
    return {"error": error} if error else {"records": [READERS[kind](record) for record in records]}


json.dump([run(job) for job in sys.argv[1:]], sys.stdout)
