"""The article's network in Keras as contender of the bench: frozen ResNet50, head 256-128-64 with dropout .3, batch 16, Adam 1e-3.

article.py where                    prints the path of this Python
article.py TASK PLAN.json           prints one line of JSON; PLAN: { files, labels, folds, weights, epochs, measured, fold }

fit:     augmented photographs through the frozen backbone in every epoch, from files to the metrics of one held-out fold;
         `measured` epochs are run, the others are taken to last as long as the mean of those after the first (which compiles)
cached:  features of the plain photographs once, then `epochs` of the head, from files to metrics of one held-out fold
quality1, quality4: over all folds, from plain photographs or from four augmented views of each, one of which is drawn per epoch:
         predicted classes of every photograph by a network that has not seen it
"""

import json
import sys
import time

if sys.argv[1] == "where":
    print(sys.executable)
    sys.exit()

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

SIZE, CLASSES, BATCH = 224, 5, 16
task = sys.argv[1]
with open(sys.argv[2]) as file:
    plan = json.load(file)
files, labels, folds = (np.array(plan[key]) for key in ("files", "labels", "folds"))


def decoded(path, label):
    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.image.resize(image, (SIZE, SIZE), antialias=True), label


def photographs(chosen, shuffle=None):
    data = tf.data.Dataset.from_tensor_slices((files[chosen], labels[chosen]))
    if shuffle is not None:
        data = data.shuffle(len(chosen), seed=shuffle, reshuffle_each_iteration=True)
    return data.map(decoded, tf.data.AUTOTUNE).batch(BATCH).prefetch(tf.data.AUTOTUNE)


def backbone():
    base = keras.applications.ResNet50(
        weights=plan["weights"], include_top=False, pooling="avg", input_shape=(SIZE, SIZE, 3)
    )
    base.trainable = False
    return base


def head(width):
    inputs = keras.Input((width,))
    x = inputs
    for units in (256, 128, 64):
        x = keras.layers.Dropout(0.3)(keras.layers.Dense(units, "relu")(x))
    return keras.Model(inputs, keras.layers.Dense(CLASSES)(x))


def compiled(model):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-3), loss, metrics=["accuracy"])
    return model


def parts(fold):
    return np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)


def features(base, chosen, change=lambda x: x):
    data = photographs(chosen).map(lambda x, _: keras.applications.resnet.preprocess_input(change(x)))
    return base.predict(data, verbose=0)


def augmenting(view=0):
    flip = keras.layers.RandomFlip("horizontal_and_vertical", seed=2 * view)
    turn = keras.layers.RandomRotation(0.1, seed=2 * view + 1)
    return lambda x, training=True: turn(flip(x, training=training), training=training)


def fit():
    train, held = parts(plan["fold"])
    base = backbone()
    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.applications.resnet.preprocess_input(augmenting()(inputs, training=None))
    model = compiled(keras.Model(inputs, head(base.output_shape[-1])(base(x, training=False))))
    seconds = []

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            seconds.append(time.perf_counter() - self.began)

    data, check = photographs(train, shuffle=1), photographs(held)
    model.fit(data, validation_data=check, epochs=plan["measured"], verbose=0, callbacks=[Clock()])
    predicted = model.predict(check, verbose=0).argmax(1)
    later = float(np.mean(seconds[1:]))
    return {"added": later * (plan["epochs"] - plan["measured"]), "epoch": later, "accuracy": float((predicted == labels[held]).mean())}


def trained(train_features, train, held_features, fold):
    keras.utils.set_random_seed(42 + fold)
    model = compiled(head(train_features.shape[1]))
    model.fit(train_features, labels[train], batch_size=BATCH, epochs=plan["epochs"], verbose=0)
    return model.predict(held_features, verbose=0).argmax(1)


def cached():
    train, held = parts(plan["fold"])
    base = backbone()
    predicted = trained(features(base, train), train, features(base, held), plan["fold"])
    return {"added": 0, "accuracy": float((predicted == labels[held]).mean())}


def quality1():
    values = features(backbone(), np.arange(len(files)))
    return out_of_fold(lambda train, held, fold: trained(values[train], train, values[held], fold))


def quality4():
    base, everything = backbone(), np.arange(len(files))
    plain = features(base, everything)
    views = np.stack([features(base, everything, augmenting(view)) for view in range(4)])

    def run(train, held, fold):
        keras.utils.set_random_seed(42 + fold)
        draw = np.random.default_rng(42 + fold)
        model = compiled(head(plain.shape[1]))
        for _ in range(plan["epochs"]):
            chosen = views[draw.integers(4, size=len(train)), train]
            model.fit(chosen, labels[train], batch_size=BATCH, epochs=1, verbose=0)
        return model.predict(plain[held], verbose=0).argmax(1)

    return out_of_fold(run)


def out_of_fold(run):
    predicted = np.zeros(len(files), int)
    for fold in range(int(folds.max()) + 1):
        train, held = parts(fold)
        predicted[held] = run(train, held, fold)
    return {"predicted": predicted.tolist()}


began = time.perf_counter()
answer = {"fit": fit, "cached": cached, "quality1": quality1, "quality4": quality4}[task]()
seconds = time.perf_counter() - began + answer.pop("added", 0)
print(json.dumps({"seconds": seconds, **answer}))
