"""Keras's preprocess_input of raw pixels in each of its modes.

usage: preprocessing.py PIXELS OUT   (PIXELS: uint8 [n, 3]; OUT: float32 [3 modes, n, 3] for caffe, torch, tf)
"""
import sys

import numpy as np

from backbones import preprocess

pixels = np.fromfile(sys.argv[1], np.uint8).reshape(1, 1, -1, 3)
# One backbone of each mode.
modes = [preprocess(name, pixels) for name in ("resnet50", "densenet169", "mobilenetV2")]
np.concatenate(modes).astype("float32").tofile(sys.argv[2])
