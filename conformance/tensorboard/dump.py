"""What TensorBoard reads in event files, as JSON that holds every bit: the oracle of @cassava/report/tensorboard."""
import base64
import struct

import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing import event_file_loader
from tensorflow.core.framework.tensor_pb2 import TensorProto


def bits(value):
    """A double as its 16 hexadecimal digits; every NaN is one."""
    value = float(value)
    return "nan" if value != value else struct.pack(">d", value).hex()


def b64(value):
    return base64.b64encode(value).decode()


def content(value, plugin):
    # TensorFlow's own: that of TensorBoard does not know bfloat16.
    array = tf.make_ndarray(TensorProto.FromString(value.tensor.SerializeToString()))
    if plugin == "scalars":
        return {"kind": "scalar", "value": bits(array.item())}
    if plugin == "histograms":
        rows = [[bits(cell) for cell in row] for row in array.reshape(-1, 3)]
        # TensorBoard rounds the histograms of version 1.
        return {"kind": "histogram", "rows": rows, "rounded": array.dtype == np.float32}
    if plugin == "images":
        width, height, *images = list(array)
        return {
            "kind": "image",
            "width": int(width),
            "height": int(height),
            "images": [b64(image) for image in images],
        }
    if plugin == "text":
        texts = [text.decode() for text in array.reshape(-1)]
        return {"kind": "text", "shape": list(array.shape), "texts": texts}
    return {"kind": "unknown", "plugin": plugin}


def dump(path):
    """Values of a file, through TensorBoard's loader, which brings those of version 1 into the form of version 2."""
    plugins = {}
    rows = []
    for event in event_file_loader.EventFileLoader(path).Load():
        if event.WhichOneof("what") != "summary":
            continue
        for value in event.summary.value:
            # The form that the loader brings a graph into; the file holds no such value.
            if value.tag == "__run_graph__":
                continue
            plugin = plugins.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
            rows.append(
                {
                    "step": event.step,
                    "wallTime": bits(event.wall_time),
                    "tag": value.tag,
                    **content(value, plugin),
                }
            )
    return rows
