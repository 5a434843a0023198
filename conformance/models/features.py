"""Keras's features of raw pixels.

usage: features.py NAME WEIGHTS.h5 PIXELS SIZE OUT   (PIXELS: uint8 [n, SIZE, SIZE, 3]; OUT: float32 [n, features])
"""
import sys

import numpy as np

from backbone import build, preprocess

name, weights, pixels, size, out = sys.argv[1:]
size = int(size)
images = np.fromfile(pixels, np.uint8).reshape(-1, size, size, 3)
model = build(name, size)
model.load_weights(weights)
features = model.predict(preprocess(name, images), batch_size=16, verbose=0)
features.astype("float32").tofile(out)
print(model.count_params())
