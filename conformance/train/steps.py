"""Steps of Keras's own training loop on a small network, from given weights, over given batches in their order.

usage: steps.py CASES.json OUT.json
CASES: { features [n][width], labels [n], batch, epochs, weights: [[kernel, bias], [kernel, bias]], cases: [{ name, … }] }
OUT: by case: weights after the steps, flattened, and the loss of every step
"""
import json
import math
import sys

import keras
import numpy as np

cases_path, out_path = sys.argv[1:]
with open(cases_path) as file:
    task = json.load(file)
x = np.array(task["features"], "float32")
labels = np.array(task["labels"])
classes = len(task["weights"][1][1])
steps = task["epochs"] * math.ceil(len(x) / task["batch"])


def schedule(spec):
    rate = spec["rate"]
    kinds = keras.optimizers.schedules
    match spec.get("kind", "constant"):
        case "constant":
            return rate
        case "exponential":
            return kinds.ExponentialDecay(rate, spec["decaySteps"], spec["decayRate"], spec.get("staircase", False))
        case "polynomial":
            return kinds.PolynomialDecay(rate, steps, spec["final"], spec["power"])
        case "cosine":
            return kinds.CosineDecay(rate, steps, spec["final"])
        case "restarts":
            return kinds.CosineDecayRestarts(rate, steps / 3, t_mul=2.0, m_mul=spec["restartFactor"], alpha=0.0)
        case "step":
            at = [math.ceil(share * steps) - 1 for share in spec["at"]]
            return kinds.PiecewiseConstantDecay(at, [rate * spec["factor"] ** i for i in range(len(at) + 1)])


def optimizer(case):
    spec = dict(case["optimizer"])
    kind = getattr(keras.optimizers, spec.pop("kind"))
    return kind(learning_rate=schedule(case["schedule"]), **spec)


def loss(case):
    spec = case.get("loss", {})
    if "focal" in spec:
        return keras.losses.CategoricalFocalCrossentropy(from_logits=True, **spec["focal"])
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=spec.get("smoothing", 0.0))


class Losses(keras.callbacks.Callback):
    """The loss of every step: Keras logs the mean of the epoch so far."""

    def on_train_begin(self, logs=None):
        self.values = []

    def on_epoch_begin(self, epoch, logs=None):
        self.seen, self.total = 0, 0.0

    def on_train_batch_end(self, batch, logs=None):
        n = min(task["batch"], len(x) - batch * task["batch"])
        total = logs["loss"] * (self.seen + n)
        self.values.append((total - self.total) / n)
        self.seen, self.total = self.seen + n, total


results = {}
for case in task["cases"]:
    hidden = keras.layers.Dense(len(task["weights"][0][1]), activation="relu")
    model = keras.Sequential([keras.Input((x.shape[1],)), hidden, keras.layers.Dense(classes)])
    model.set_weights([np.array(w, "float32") for layer in task["weights"] for w in layer])
    model.compile(optimizer(case), loss(case))
    if case.get("targets") == "soft":
        y = np.array(task["soft"], "float32")
    else:
        y = keras.utils.to_categorical(labels, classes)
    weights = case.get("classWeights")
    losses = Losses()
    model.fit(
        x,
        y,
        batch_size=task["batch"],
        epochs=task["epochs"],
        shuffle=False,
        verbose=0,
        class_weight=None if weights is None else dict(enumerate(weights)),
        sample_weight=np.array(task["sampleWeights"], "float32") if case.get("sampleWeights") else None,
        callbacks=[losses],
    )
    results[case["name"]] = {
        "weights": [float(v) for w in model.get_weights() for v in w.ravel()],
        "losses": [float(v) for v in losses.values],
    }
with open(out_path, "w") as file:
    json.dump(results, file)
