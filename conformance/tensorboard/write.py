"""Event files as TensorFlow 2, TensorFlow 1 and writers like PyTorch's make them, and what TensorBoard reads in them.

    write.py FOLDER SIZE

makes FOLDER/{v2,v1,other}.tfevents and FOLDER/expected.json. SIZE: steps of the scalars and, times 20, values of the histograms.
`write.py FOLDER keras` trains a network with Keras's TensorBoard callback instead, and makes FOLDER/logs and FOLDER/history.json.
"""
import base64
import glob
import json
import os
import shutil
import sys
import tempfile

import numpy as np
import tensorboard
import tensorflow as tf
from dump import dump
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.compat.proto.types_pb2 import DT_BFLOAT16, DT_BOOL, DT_DOUBLE, DT_FLOAT, DT_HALF, DT_INT32, DT_INT64
from tensorboard.compat.proto.types_pb2 import DT_INT8, DT_UINT32, DT_UINT64
from tensorboard.plugins.scalar.metadata import create_summary_metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter

folder = sys.argv[1]
random = np.random.default_rng(20260611)


def only_file(path):
    (found,) = glob.glob(os.path.join(path, "*tfevents*"))
    return found


def arrays(size):
    """What histograms are counted of, by tag."""
    normal = random.normal(size=20 * size)
    return {
        "normal": normal.astype(np.float32),
        "double": normal * 1e-12 + 7,
        "uniform": random.uniform(-3, 50, 20 * size).astype(np.float32),
        "thirds": (np.arange(91) / 3).astype(np.float32),
        "whole": random.integers(-4, 5, 200).astype(np.float32),
        "two": np.float32([1, 2]),
        "single": np.float32([-2.5]),
        "constant": np.full(50, 0.1, np.float32),
        "zero": np.zeros(7, np.float32),
        "empty": np.zeros(0, np.float32),
        "wide": np.float32([-3e38, 0, 1, 3e38]),
    }


def write_v2(path, size, data):
    with tf.summary.create_file_writer(path).as_default():
        for step, value in enumerate(random.normal(size=size).astype(np.float32)):
            tf.summary.scalar("loss", value, step=step, description="of *training*")
            tf.summary.scalar("größe/名", value * 1e30, step=3 * step)
        for step, value in enumerate([np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38]):
            tf.summary.scalar("edges", value, step=step)
        tf.summary.scalar("late", 1, step=2**53 - 1)
        pixels = random.uniform(size=[5, 6, 7, 3]).astype(np.float32)
        tf.summary.image("leaves", pixels, step=1, max_outputs=2)
        tf.summary.image("grey", pixels[..., :1], step=0, max_outputs=3, description="one channel")
        for tag, values in data.items():
            tf.summary.histogram(f"counts/{tag}", values, step=4)
        tf.summary.histogram("counts/seven", data["normal"], step=4, buckets=7)
        tf.summary.text("note", "**Größe** of the leaf", step=0)
        tf.summary.text("table", [["a", "b", "c"], ["d", "", "🌿"]], step=2)
        tf.summary.text("list", ["x"], step=2)
        tf.summary.audio("sound", np.zeros([1, 20, 1], np.float32), 44100, step=0)
        scalars = tf.constant(create_summary_metadata("", "").SerializeToString())
        for kind in [tf.float16, tf.bfloat16, tf.float64, tf.int8, tf.uint16, tf.int64, tf.uint64, tf.bool]:
            value = tf.cast(1 if kind == tf.bool else 100.3, kind)
            tf.summary.write(f"types/{kind.name}", value, step=1, metadata=tf.compat.v1.SummaryMetadata.FromString(scalars.numpy()))
        tf.summary.write("bare", tf.constant([1.0, 2.0]), step=1)


def write_v1(path, size, data):
    """As graphs of TensorFlow 1 do: metadata only with the first value of a tag."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        number = tf.compat.v1.placeholder(tf.float32, [])
        merged = tf.compat.v1.summary.merge(
            [
                tf.compat.v1.summary.scalar("loss", number),
                tf.compat.v1.summary.histogram("counts", data["normal"] * number),
                tf.compat.v1.summary.histogram("counts/zero", data["zero"]),
                tf.compat.v1.summary.image("leaves", random.uniform(size=[2, 4, 5, 3])),
                tf.compat.v1.summary.text("note", tf.strings.as_string(number)),
                tf.compat.v1.summary.tensor_summary("tensor", tf.stack([number, number])),
                tf.compat.v1.summary.audio("sound", np.zeros([1, 20], np.float32), 44100),
            ]
        )
        writer = tf.compat.v1.summary.FileWriter(path, session.graph)
        for step in range(size):
            writer.add_summary(session.run(merged, {number: 1 + step / 7}), step)
        writer.add_session_log(tf.compat.v1.SessionLog(status=tf.compat.v1.SessionLog.STOP), size)
        writer.close()


def write_other(path):
    """As PyTorch's SummaryWriter does, through TensorBoard's own writer, and tensors in every form that a list of values may have."""
    writer = EventFileWriter(path, filename_suffix=".torch")

    def add(step, **value):
        event = event_pb2.Event(step=step, wall_time=1.7e9 + step / 3, summary=summary_pb2.Summary())
        event.summary.value.add(**value)
        writer.add_event(event)

    for step in range(5):
        add(step, tag="Loss/train", simple_value=1 / (1 + step))
        add(step, tag="Loss/val", simple_value=1.5 / (1 + step))
    counts, limits = np.histogram(random.normal(size=300), bins=12)
    add(
        7,
        tag="weights",
        histo=summary_pb2.HistogramProto(
            min=-3.1, max=3.3, num=300, sum=1.5, sum_squares=290, bucket_limit=limits[1:], bucket=counts
        ),
    )
    add(7, tag="weights/none", histo=summary_pb2.HistogramProto(min=0, max=0, bucket_limit=[1, 2], bucket=[0, 0]))
    add(8, tag="picture", image=summary_pb2.Summary.Image(height=3, width=2, colorspace=3, encoded_image_string=b"\x89PNG"))
    half = int(np.float16(-0.1).view(np.uint16))
    tensors = {
        "float_val": dict(dtype=DT_FLOAT, float_val=[0.1]),
        "double_val": dict(dtype=DT_DOUBLE, double_val=[0.1]),
        "half_val": dict(dtype=DT_HALF, half_val=[half]),
        "half_small": dict(dtype=DT_HALF, half_val=[0x83FF]),
        "half_infinite": dict(dtype=DT_HALF, half_val=[0xFC00]),
        "bfloat_val": dict(dtype=DT_BFLOAT16, half_val=[0xC2C8]),
        "int_val": dict(dtype=DT_INT32, int_val=[-7]),
        "int8_val": dict(dtype=DT_INT8, int_val=[-128]),
        "int64_val": dict(dtype=DT_INT64, int64_val=[-(2**62)]),
        "bool_val": dict(dtype=DT_BOOL, bool_val=[True]),
        "uint32_val": dict(dtype=DT_UINT32, uint32_val=[2**32 - 1]),
        "uint64_val": dict(dtype=DT_UINT64, uint64_val=[2**64 - 1]),
    }
    for step, (name, fields) in enumerate(tensors.items()):
        tensor = tensor_pb2.TensorProto(tensor_shape={}, **fields)
        add(step, tag=f"lists/{name}", tensor=tensor, metadata=create_summary_metadata("", name))
    plugin = summary_pb2.SummaryMetadata(plugin_data={"plugin_name": "histograms"}, display_name="shown")
    shape = {"dim": [{"size": 2}, {"size": 3}]}
    # One value stands for all that follow.
    same = tensor_pb2.TensorProto(dtype=DT_DOUBLE, tensor_shape=shape, double_val=[2.5])
    add(9, tag="lists/same", tensor=same, metadata=plugin)
    writer.close()


def make(size):
    data = arrays(size)
    os.makedirs(folder, exist_ok=True)
    expected = {
        "versions": {"tensorflow": tf.__version__, "tensorboard": tensorboard.__version__},
        "arrays": {
            tag: [str(values.dtype), base64.b64encode(values.tobytes()).decode()] for tag, values in data.items()
        },
        "files": {},
    }
    with tempfile.TemporaryDirectory() as scratch:
        writers = {
            "v2": lambda path: write_v2(path, size, data),
            "v1": lambda path: write_v1(path, min(size, 3), data),
            "other": write_other,
        }
        for name, write in writers.items():
            write(os.path.join(scratch, name))
            # Under a name without a host in it.
            target = os.path.join(folder, f"{name}.tfevents")
            shutil.copy(only_file(os.path.join(scratch, name)), target)
            expected["files"][name] = dump(target)
    with open(os.path.join(folder, "expected.json"), "w") as out:
        json.dump(expected, out, ensure_ascii=False)
        out.write("\n")


def make_keras():
    import keras

    keras.utils.set_random_seed(3)
    x = random.normal(size=[120, 6]).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int32)
    model = keras.Sequential([keras.layers.Dense(5, activation="relu"), keras.layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    callback = keras.callbacks.TensorBoard(os.path.join(folder, "logs"), histogram_freq=1)
    slower = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=1, min_delta=1)
    history = model.fit(x, y, validation_split=0.3, epochs=6, batch_size=16, verbose=0, callbacks=[callback, slower])
    with open(os.path.join(folder, "history.json"), "w") as out:
        json.dump({key: [float(value) for value in values] for key, values in history.history.items()}, out)


if sys.argv[2] == "keras":
    make_keras()
else:
    make(int(sys.argv[2]))
