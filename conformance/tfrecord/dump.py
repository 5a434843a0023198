"""Examples as JSON that loses nothing: bytes as base64, floats as the hexadecimal of their 4 bytes, integers as
text, maps as sorted entries. dump.mjs writes the same."""

import base64
import os
import struct

# Protobuf's reference in Python, not upb: upb drops map entries that have unknown fields, and sorts a name after the names
# that it is a prefix of, where C++, Java and Go sort it before.
os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from google.protobuf.internal import api_implementation

assert api_implementation.Type() == "python"


def feature(message):
    kind = message.WhichOneof("kind")
    if kind is None:
        return ["none", []]
    values = getattr(message, kind).value
    if kind == "bytes_list":
        return ["bytes", [base64.b64encode(value).decode() for value in values]]
    if kind == "float_list":
        return ["float", ["nan" if value != value else struct.pack(">f", value).hex() for value in values]]
    return ["int64", [str(value) for value in values]]


def features(message):
    return [[key, feature(message.feature[key])] for key in sorted(message.feature)]


def example(record):
    return features(tf.train.Example.FromString(record).features)


def sequence(record):
    message = tf.train.SequenceExample.FromString(record)
    lists = message.feature_lists.feature_list
    return {
        "context": features(message.context),
        "lists": [[key, [feature(one) for one in lists[key].feature]] for key in sorted(lists)],
    }


def records(path, compression):
    """The records of a file as TensorFlow reads them, checksums on, or the name of the error that it raises."""
    try:
        dataset = tf.data.TFRecordDataset(path, compression_type=compression)
        return [record.numpy() for record in dataset], None
    except tf.errors.OpError as error:
        return [], type(error).__name__
