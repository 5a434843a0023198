"""One step of fine-tuning in Keras: the last stage of a backbone and a linear head, batch normalization in inference mode.

usage: fine_tune.py PLAN.json, where the plan is
  { name, alpha, weights: FILE.h5, size, pixels, labels: [n], layers: [names], classes, head: FILE, steps: [{ set, optimizer, learningRate, out }] }
`pixels` are those of sets of n images, one after the other; `layers` are those of the last stage; `head` holds float32
[features, classes] and then [classes]. For each of `steps`, all from the same weights, `out` gets the weights of `layers` and of the
head after the step, as an .h5 file of Keras's legacy layout. Prints the losses, one a line.
"""
import json
import sys

import h5py
import keras
import numpy as np
from keras.src.legacy.saving.legacy_h5_format import save_attributes_to_hdf5_group, save_subset_weights_to_hdf5_group

from backbones import build, preprocess

OPTIMIZERS = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}


def write(layers, path):
    with h5py.File(path, "w") as file:
        save_attributes_to_hdf5_group(file, "layer_names", [layer.name.encode() for layer in layers])
        for layer in layers:
            save_subset_weights_to_hdf5_group(file.create_group(layer.name), layer.weights)


with open(sys.argv[1]) as file:
    plan = json.load(file)
name, size, classes = plan["name"], plan["size"], plan["classes"]
base = build(name, size, "avg", plan["alpha"])
base.load_weights(plan["weights"])
for layer in base.layers:
    normalizes = isinstance(layer, keras.layers.BatchNormalization)
    layer.trainable = layer.name in plan["layers"] and not normalizes
head = keras.layers.Dense(classes, name="head_logits")
model = keras.Model(base.input, head(base.output))
head_weights = np.fromfile(plan["head"], "float32")
head.set_weights([head_weights[:-classes].reshape(-1, classes), head_weights[-classes:]])
images = preprocess(name, np.fromfile(plan["pixels"], np.uint8).reshape(-1, size, size, 3))
labels = np.array(plan["labels"])
sets = images.reshape(-1, len(labels), size, size, 3)
stage = [layer for layer in base.layers if layer.name in plan["layers"]]

start = model.get_weights()
for step in plan["steps"]:
    model.set_weights(start)
    optimizer = OPTIMIZERS[step["optimizer"]](learning_rate=step["learningRate"])
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    print(float(model.train_on_batch(sets[step["set"]], labels)))
    write([*stage, head], step["out"])
