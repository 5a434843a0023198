"""Keras's steps of fine-tuning as a worker of the bench: uint8 pixels to updated weights, batch normalization in inference mode, all cores.

finetune.py where                              prints the path of this Python
finetune.py weights FILE.h5                    writes a ResNet50 with random weights
finetune.py serve FILE.h5 PIXELS FROM BATCH    answers lines of JSON {"images"}, how many of PIXELS [n, 224, 224, 3] to take; FROM is the
                                               prefix of the layers that are trained, such as conv5_, or all

Each answer starts from the same weights; the head starts at zero.
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

SIZE, CLASSES, RATE = 224, 5, 1e-5

base = backbones.build("resnet50", SIZE)
if sys.argv[1] == "weights":
    random_weights.randomize(base, "resnet50")
    random_weights.write(base, sys.argv[2])
    sys.exit()

path, pixel_file, prefix, batch = sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])
base.load_weights(path)
for layer in base.layers:
    # A batch normalization that is not trainable runs in inference mode.
    normalizes = isinstance(layer, keras.layers.BatchNormalization)
    layer.trainable = (prefix == "all" or layer.name.startswith(prefix)) and not normalizes
inputs = keras.Input((SIZE, SIZE, 3), dtype="uint8")
pixels = keras.ops.cast(inputs, "float32")
features = base(backbones.APPLICATIONS["resnet50"][1].preprocess_input(pixels))
head = keras.layers.Dense(CLASSES, kernel_initializer="zeros")
model = keras.Model(inputs, head(features))
model.compile(keras.optimizers.Adam(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
images = np.fromfile(pixel_file, np.uint8).reshape(-1, SIZE, SIZE, 3)
labels = np.arange(len(images)) % CLASSES
start = model.get_weights()
model.optimizer.build(model.trainable_variables)
slots = [variable.numpy() for variable in model.optimizer.variables]

for line in sys.stdin:
    count = json.loads(line)["images"]
    model.set_weights(start)
    for variable, value in zip(model.optimizer.variables, slots):
        variable.assign(value)
    data = tf.data.Dataset.from_tensor_slices((images[:count], labels[:count])).batch(batch).prefetch(2)
    losses = []
    began, cpu = time.perf_counter(), time.process_time()
    for some, wanted in data:
        # With reset metrics it is the loss of this batch.
        model.reset_metrics()
        losses.append(float(model.train_on_batch(some, wanted)))
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    print(json.dumps({"seconds": seconds, "cpu": used, "losses": losses}), flush=True)
