"""Keras's features of raw pixels.

usage: features.py PLAN.json, where the plan is
  { name, alpha, weights: FILE.h5, random: bool, cases: [{ size, pooling, pixels, out }] }
With `random` the weights are drawn and written to FILE.h5, else read from it. `pixels` holds uint8 [n, size, size, 3]; `out` gets
float32 [n, ...features]. Prints the number of parameters.
"""
import json
import sys

import numpy as np

import random_weights
from backbones import build, preprocess

with open(sys.argv[1]) as file:
    plan = json.load(file)
name = plan["name"]
weights = None
for case in plan["cases"]:
    size = case["size"]
    model = build(name, size, case["pooling"], plan["alpha"])
    if weights is not None:
        model.set_weights(weights)
    elif plan["random"]:
        random_weights.randomize(model, name)
        random_weights.write(model, plan["weights"])
    else:
        model.load_weights(plan["weights"])
    weights = model.get_weights()
    images = np.fromfile(case["pixels"], np.uint8).reshape(-1, size, size, 3)
    model.predict_on_batch(preprocess(name, images)).astype("float32").tofile(case["out"])
print(model.count_params())
