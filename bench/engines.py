"""Keras in graph mode as contender of `bench engines`: ResNet50 at some width and size, forward and a training step, all cores.

engines.py where                                 prints the path of this Python
engines.py weights ALPHA SIZE FILE.h5            writes one with random weights
engines.py serve ALPHA SIZE FILE.h5 PIXELS BATCH answers lines of JSON {"task", "images"}: task is forward or step, images how many of PIXELS
                                                 [n, SIZE, SIZE, 3] to take

Batch normalization runs in inference mode; each answer starts from the same weights, and the head from zero.
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

CLASSES, RATE = 5, 1e-5
command, alpha, size, path = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]


def narrowed(model):
    """The same layers with so much of the filters."""
    config = model.get_config()
    for layer in config["layers"]:
        # The shape that it was built for.
        layer.pop("build_config", None)
        if "filters" in layer["config"]:
            layer["config"]["filters"] = int(layer["config"]["filters"] * alpha)
    return keras.Model.from_config(config)


base = narrowed(backbones.build("resnet50", size))
if command == "weights":
    random_weights.randomize(base, "resnet50")
    random_weights.write(base, path)
    sys.exit()

pixel_file, batch = sys.argv[5], int(sys.argv[6])
base.load_weights(path)
for layer in base.layers:
    # A batch normalization that is not trainable runs in inference mode.
    layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
preprocess_input = backbones.APPLICATIONS["resnet50"][1].preprocess_input
inputs = keras.Input((size, size, 3), dtype="uint8")
head = keras.layers.Dense(CLASSES, kernel_initializer="zeros")
model = keras.Model(inputs, head(base(preprocess_input(keras.ops.cast(inputs, "float32")))))
model.compile(keras.optimizers.Adam(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
pixels = np.fromfile(pixel_file, np.uint8).reshape(-1, size, size, 3)
labels = np.arange(len(pixels)) % CLASSES
start = model.get_weights()
model.optimizer.build(model.trainable_variables)
slots = [variable.numpy() for variable in model.optimizer.variables]


@tf.function(input_signature=[tf.TensorSpec([None, size, size, 3], tf.uint8)])
def features(some):
    return base(preprocess_input(tf.cast(some, tf.float32)), training=False)


def forward(images):
    began = time.perf_counter()
    rows = [features(tf.constant(pixels[i : i + batch])).numpy() for i in range(0, images, batch)]
    return {"seconds": time.perf_counter() - began, "values": rows[0][0].tolist()}


def step(images):
    model.set_weights(start)
    for variable, value in zip(model.optimizer.variables, slots):
        variable.assign(value)
    data = tf.data.Dataset.from_tensor_slices((pixels[:images], labels[:images])).batch(batch).prefetch(2)
    began, losses = time.perf_counter(), []
    for some, wanted in data:
        model.reset_metrics()
        losses.append(float(model.train_on_batch(some, wanted)))
    return {"seconds": time.perf_counter() - began, "values": losses}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"forward": forward, "step": step}[question["task"]](question["images"])), flush=True)
