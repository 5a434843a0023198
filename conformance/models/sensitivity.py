"""By how much each tensor of a backbone with random weights changes its features, when it alone is what Keras begins with (shifts 0,
scales 1) or, being a kernel, is turned over. Says whether GAIN in random_weights.py lets a mistake in any layer show.

usage: sensitivity.py NAME [ALPHA]
"""
import sys

import numpy as np
import tensorflow as tf

from backbones import build, preprocess
from random_weights import randomize

SIZE = 96
SHIFTS = ("beta", "moving_mean", "bias")
SCALES = ("gamma", "moving_variance")


def pixels(count):
    rng = np.random.default_rng(3)
    squares = rng.uniform(0, 255, (count, SIZE // 16, SIZE // 16, 3)).repeat(16, 1).repeat(16, 2)
    noise = rng.uniform(0, 255, (count, SIZE, SIZE, 3))
    return (0.3 * rng.uniform(0, 255, (count, 1, 1, 3)) + 0.35 * squares + 0.35 * noise).astype("uint8")


def broken(role, value):
    if role in SHIFTS:
        return np.zeros_like(value)
    if role in SCALES:
        return np.ones_like(value)
    return value[::-1] if value.shape[0] > 1 else value[:, :, ::-1]


name, alpha = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 1
model = build(name, SIZE, alpha=alpha)
randomize(model, name)
images = tf.constant(preprocess(name, pixels(2)))
features = tf.function(lambda x: model(x, training=False))
wanted = features(images).numpy()
changes = {}
for layer in model.layers:
    for weight in layer.weights:
        value = weight.numpy()
        weight.assign(broken(weight.name, value))
        change = np.abs(features(images).numpy() - wanted).max() / np.abs(wanted).max()
        weight.assign(value)
        changes.setdefault(weight.name, []).append((float(change), layer.name))
for role, found in changes.items():
    least, layer = min(found)
    print(f"{role}: {len(found)} tensors, least change {least:.1e} ({layer}), median {np.median([c for c, _ in found]):.1e}")
