"""What Keras's preprocessing layers make of one image, with all chance fixed.

usage: augment.py PIXELS HEIGHT WIDTH CASES.json OUT
  PIXELS: uint8 [HEIGHT, WIDTH, 3]; CASES.json: a list of steps, each a list of {layer, args, transformation?, unit?}
  OUT: float32 [cases, HEIGHT, WIDTH, 3], 0-255
Prints, as JSON, what the documentation of @cassava/data says of conventions that differ.
"""
import json
import sys

import keras
import numpy as np
import tensorflow as tf

pixels, height, width, cases, out = sys.argv[1:]
image = np.fromfile(pixels, np.uint8).reshape(1, int(height), int(width), 3).astype("float32")


def apply(images, layer, args={}, transformation=None, unit=False):
    if layer == "crop":
        top, left, rows, columns = (args[key] for key in ("top", "left", "rows", "columns"))
        window = images[:, top : top + rows, left : left + columns]
        return tf.image.resize(window, images.shape[1:3], method="bilinear").numpy()
    made = getattr(keras.layers, layer)(**args)
    given = images / 255 if unit else images
    if transformation is None:
        made_of_it = made(given, training=True)
    else:
        fixed = {key: np.array(value, bool if key == "flips" else "float32") for key, value in transformation.items()}
        made_of_it = made.transform_images(keras.ops.convert_to_tensor(given), fixed, training=True)
    return np.array(made_of_it) * (255 if unit else 1)


answers = []
for steps in json.load(open(cases)):
    images = image
    for step in steps:
        images = apply(images, **step)
    answers.append(images[0])
np.stack(answers).astype("float32").tofile(out)

many = np.zeros((400, 2, 2, 3), "float32")
many[:, 0, 0] = 1
flipped = np.array(keras.layers.RandomFlip("horizontal_and_vertical", seed=1)(many, training=True))[..., 0]
print(
    json.dumps(
        {
            "keras": keras.__version__,
            "contrastOfOneNumber": list(keras.layers.RandomContrast(0.2).factor),
            "brightnessOfOneNumber": list(keras.layers.RandomBrightness(0.2).factor),
            "placesOfACornerFlippedBothWays": int((flipped.sum(axis=0) > 0).sum()),
        }
    )
)
