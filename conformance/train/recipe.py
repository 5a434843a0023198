"""The recipe `best` as a user of Keras writes it: a new head on frozen MobileNetV2, then the whole network, as contender of `conformance recipe`.

recipe.py PLAN.json prints one line of JSON. PLAN: { files, labels, classes, parts: { train, validation, test } of positions, weights, size,
seed, recipe: the settings of our run (config.json) }

Photographs are decoded and augmented anew in every epoch; batch normalization runs in inference mode; each stage keeps the weights of
its best validation loss (ours falls back to the head's where the second gains nothing); the answers for the test part are means over the
plain image and `testViews` augmented ones.
"""

import json
import math
import resource
import sys
import time

import keras
import numpy as np
import tensorflow as tf

with open(sys.argv[1]) as file:
    plan = json.load(file)
recipe, size, classes = plan["recipe"], plan["size"], plan["classes"]
files, labels = np.array(plan["files"]), np.array(plan["labels"])
parts = {name: np.array(chosen) for name, chosen in plan["parts"].items()}
batch, smoothing, seed = recipe["batchSize"], recipe["labelSmoothing"], plan["seed"]
keras.utils.set_random_seed(seed)


def decoded(path, label):
    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.image.resize(image, (size, size), antialias=True), tf.one_hot(label, classes)


def photographs(part, shuffle=False):
    chosen = parts[part]
    data = tf.data.Dataset.from_tensor_slices((files[chosen], labels[chosen]))
    if shuffle:
        data = data.shuffle(len(chosen), seed=seed, reshuffle_each_iteration=True)
    return data.map(decoded, tf.data.AUTOTUNE).batch(batch).prefetch(tf.data.AUTOTUNE)


class WarmUpAndCosine(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, rate, steps, warmup=0.05):
        self.rate, self.steps, self.rising = rate, steps, round(warmup * steps)

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        progress = tf.clip_by_value((step - self.rising) / max(1, self.steps - self.rising), 0, 1)
        falling = self.rate * 0.5 * (1 + tf.cos(math.pi * progress))
        return tf.where(step < self.rising, self.rate * (step + 1) / (self.rising + 1), falling)


def trained(model, optimizer, rate, epochs):
    steps = epochs * math.ceil(len(parts["train"]) / batch)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    model.compile(optimizer(WarmUpAndCosine(rate, steps)), loss, metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(patience=recipe["patience"], restore_best_weights=True)
    stop_at = photographs("validation")
    model.fit(photographs("train", shuffle=True), validation_data=stop_at, epochs=epochs, verbose=0, callbacks=[stop])


def answers(model, augmenting):
    """Means over the plain images and augmented ones."""
    data = photographs("test")
    views = [data] + [data.map(lambda x, y: (augmenting(x, training=True), y)) for _ in range(recipe["testViews"])]
    rows = [keras.ops.softmax(model.predict(view.map(lambda x, _: x), verbose=0)).numpy() for view in views]
    return np.mean(rows, axis=0).tolist()


# What `flip,rotation=0.1,zoom=0.2` is.
augmenting = keras.Sequential(
    [
        keras.layers.RandomFlip("horizontal_and_vertical", seed=seed),
        keras.layers.RandomRotation(0.1, seed=seed + 1),
        keras.layers.RandomZoom(0.2, seed=seed + 2),
    ]
)
began = time.perf_counter()
base = keras.applications.MobileNetV2(
    weights=plan["weights"], include_top=False, pooling="avg", input_shape=(size, size, 3)
)
base.trainable = False
inputs = keras.Input((size, size, 3))
x = base(keras.applications.mobilenet_v2.preprocess_input(augmenting(inputs)), training=False)
for units in recipe["head"]:
    x = keras.layers.Dropout(recipe["dropout"])(keras.layers.Dense(units, "relu")(x))
model = keras.Model(inputs, keras.layers.Dense(classes)(x))
trained(model, keras.optimizers.Adam, recipe["learningRate"], recipe["epochs"])
head = answers(model, augmenting)
head_seconds = time.perf_counter() - began
base.trainable = True
for layer in base.layers:
    # A batch normalization that is not trainable runs in inference mode.
    layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
trained(model, keras.optimizers.AdamW, recipe["fineTuneRate"], recipe["fineTuneEpochs"])
whole = answers(model, augmenting)
print(
    json.dumps(
        {
            "head": head,
            "headSeconds": head_seconds,
            "whole": whole,
            "seconds": time.perf_counter() - began,
            "peakMemoryMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
