"""Prints, for each record of a file, whether upb accepts it as an Example and as a SequenceExample: accepted.py FILE."""

import json
import os
import sys

os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "upb"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from google.protobuf.message import DecodeError


def accepts(message_type, record):
    try:
        message_type.FromString(record)
        return True
    except DecodeError:
        return False


records = (record.numpy() for record in tf.data.TFRecordDataset(sys.argv[1]))
json.dump([[accepts(kind, record) for kind in (tf.train.Example, tf.train.SequenceExample)] for record in records], sys.stdout)
