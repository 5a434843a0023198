"""Writes a Keras Applications backbone with seeded random weights, batch-normalization statistics and biases included, in the
layout of Keras's legacy .h5 files: swapped or forgotten tensors cannot go unnoticed, as they would with Keras's initial ones.

usage: weights.py NAME FILE.h5
"""
import sys

import h5py
import keras
import numpy as np
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

from backbone import build

# Variance of the kernels times their fan-in: so that a wrong shift in any layer still shows in the features. Above it the sums of
# ResNet's branches explode and drown it; below it MobileNet's narrow linear layers let it die away.
GAIN = {"mobilenetV2": 2.0, "resnet50": 0.5}

name, path = sys.argv[1:]
model = build(name, 224)
rng = np.random.default_rng(20)
for layer in model.layers:
    values = []
    for weight in layer.weights:
        shape = weight.shape
        role = weight.name
        if role in ("gamma", "moving_variance"):
            values.append(rng.uniform(0.5, 1.5, shape))
        elif role in ("beta", "moving_mean", "bias"):
            values.append(rng.normal(0, 0.2, shape))
        else:
            fan_in = np.prod(shape[:2]) if "depthwise" in layer.name else np.prod(shape[:-1])
            values.append(rng.normal(0, np.sqrt(GAIN[name] / fan_in), shape))
    layer.set_weights(values)
with h5py.File(path, "w") as file:
    save_weights_to_hdf5_group(file, model)
print(model.count_params())
