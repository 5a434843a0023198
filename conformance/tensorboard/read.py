"""Reads event files of @cassava/report. Arguments: files and folders of one run. Prints what TensorBoard reads in each, as JSON."""
import json
import os
import sys

import numpy as np
import tensorflow as tf
from dump import bits, dump
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def canonical(path):
    """Whether TensorFlow's protobuf would write the same bytes, for every event of a file up to a cut one."""
    same = []
    try:
        for record in tf.data.TFRecordDataset([path]).as_numpy_iterator():
            event = tf.compat.v1.Event.FromString(record)
            same.append(event.SerializeToString(deterministic=True) == record)
    except tf.errors.DataLossError:
        pass
    return same


def accumulated(path):
    """The series of a run as the dashboards get them: tag to [step, wall time, values]."""
    accumulator = EventAccumulator(path, size_guidance={"tensors": 0})
    accumulator.Reload()
    series = {}
    for plugin in ["scalars", "images", "histograms", "text"]:
        try:
            tags = accumulator.PluginTagToContent(plugin)
        except KeyError:
            continue
        for tag in tags:
            series[tag] = [plugin, accumulator.SummaryMetadata(tag).summary_description] + [
                [event.step, bits(event.wall_time), int(np.size(tensor_util.make_ndarray(event.tensor_proto)))]
                for event in accumulator.Tensors(tag)
            ]
    return series


answers = []
for path in sys.argv[1:]:
    if os.path.isdir(path):
        answers.append(accumulated(path))
    else:
        answers.append({"values": dump(path), "canonical": canonical(path)})
print(json.dumps(answers))
