"""Keras in graph mode as a worker of the bench: features of uint8 pixels, preprocessing included, on all cores.

features.py where                       prints the path of this Python
features.py weights NAME FILE.h5        writes an architecture with random weights
features.py serve NAME FILE.h5 PIXELS   answers lines of JSON {"images"}, how many of PIXELS [n, 224, 224, 3] to take

Before the first answer a few batch sizes are tried, twice each; the fastest is taken.
"""

import json
import sys
import time
from pathlib import Path

if sys.argv[1] == "where":
    print(sys.executable)
    sys.exit()

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

sys.path.append(str(Path(__file__).parent.parent / "conformance" / "models"))
import backbones  # noqa: E402
import random_weights  # noqa: E402

SIZE = 224
BATCHES = (8, 16, 32)

command, name, path = sys.argv[1:4]
model = backbones.build(name, SIZE)
if command == "weights":
    random_weights.randomize(model, name)
    random_weights.write(model, path)
    sys.exit()

model.load_weights(path)
pixels = np.fromfile(sys.argv[4], np.uint8).reshape(-1, SIZE, SIZE, 3)
preprocess_input = backbones.APPLICATIONS[name][1].preprocess_input


@tf.function(input_signature=[tf.TensorSpec([None, SIZE, SIZE, 3], tf.uint8)])
def features(batch):
    return model(preprocess_input(tf.cast(batch, tf.float32)), training=False)


def run(images, batch):
    start, cpu = time.perf_counter(), time.process_time()
    rows = [features(tf.constant(pixels[i : i + batch])).numpy() for i in range(0, images, batch)]
    return time.perf_counter() - start, time.process_time() - cpu, rows[0][0]


best = None
for line in sys.stdin:
    images = json.loads(line)["images"]
    if best is None:
        best = min(BATCHES, key=lambda batch: min(run(images, batch)[0] for _ in range(2)))
    seconds, cpu, first = run(images, best)
    print(json.dumps({"seconds": seconds, "cpu": cpu, "batch": best, "first": first.tolist()}), flush=True)
