"""Golden values of antialiased bilinear resizing, from tf.image.resize. Writes resize.jsonl beside this script.

    python make-resize.py        # TensorFlow 2.21 and numpy, any CPU

The images are formulas, repeated in ../resize.test.ts, so that only TensorFlow's answers are stored: float32 before
rounding, to four decimals. Of large answers only a grid of pixels is stored: every `step`-th row and column.
"""

import json
import pathlib

import numpy as np
import tensorflow as tf

CASES = [
    # kind, height, width, new height, new width, step
    ("noise", 9, 13, 4, 5, 1),
    ("noise", 13, 9, 13, 4, 1),
    ("noise", 12, 12, 6, 6, 1),
    ("noise", 4, 5, 9, 11, 1),
    ("noise", 7, 7, 3, 15, 1),
    ("noise", 5, 6, 1, 1, 1),
    ("noise", 1, 1, 3, 2, 1),
    ("noise", 3, 2, 5, 1, 1),
    ("noise", 97, 64, 31, 33, 7),
    ("noise", 600, 800, 224, 224, 29),
    ("noise", 512, 512, 224, 224, 31),
    ("ramp", 600, 800, 299, 299, 37),
    ("noise", 300, 200, 331, 224, 41),
]


def image(kind, height, width):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    if kind == "ramp":
        return ((x * (c + 1) + y * (3 - c)) // 4 % 256).astype(np.uint8)
    # A multiplicative hash of the position; everything stays below 2^32.
    h = (y * 8191 + x * 131 + c * 17 + 7).astype(np.uint64)
    h = (h * 2654435761) % 2**32
    return (h >> 24).astype(np.uint8)


def main():
    cases = []
    for kind, height, width, new_height, new_width, step in CASES:
        source = image(kind, height, width)[None]
        out = tf.image.resize(source, [new_height, new_width], method="bilinear", antialias=True).numpy()[0]
        values = [round(float(v), 4) for v in out[::step, ::step].reshape(-1)]
        cases.append({"kind": kind, "from": [height, width], "to": [new_height, new_width], "step": step, "values": values})
    origin = {"origin": f"tf.image.resize(antialias=True), TensorFlow {tf.__version__}, by make-resize.py"}
    lines = [json.dumps(value, separators=(",", ":")) for value in [origin, *cases]]
    path = pathlib.Path(__file__).with_name("resize.jsonl")
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
