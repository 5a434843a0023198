"""TensorFlow and Keras as a worker of the bench, with all cores.

data.py where   prints the path of this Python
data.py serve   answers lines of JSON {"job", "mode", "files", "passes"}

Job "epoch": tf.data with AUTOTUNE everywhere over TFRecord files: read, verify the checksums, parse, decode the JPEG at full
size, resize to 224, batches of 16. Modes: "antialias" (resize with antialias=True, as @cassava/data does it), "accurate" (the
same with the accurate DCT: then the pixels too are those of @cassava/data but for rounding), "plain" (TensorFlow's default:
antialias=False, which takes four neighbours of each output pixel and leaves the rest out).
Job "augment": Keras's random flip, rotation, zoom and translation on one batch of 16 images of 224 x 224, in a tf.function.
The first run of each kind, which traces functions, is done before the clock starts.
"""

import json
import sys
import time

if sys.argv[1] == "where":
    print(sys.executable)
    sys.exit()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

SIZE, BATCH = (224, 224), 16
FEATURES = {
    "image": tf.io.FixedLenFeature([], tf.string),
    "image_name": tf.io.FixedLenFeature([], tf.string),
    "target": tf.io.FixedLenFeature([], tf.int64),
}


def dataset(mode, files):
    def load(record):
        parsed = tf.io.parse_single_example(record, FEATURES)
        dct = "INTEGER_ACCURATE" if mode == "accurate" else ""
        image = tf.io.decode_jpeg(parsed["image"], channels=3, dct_method=dct)
        return tf.image.resize(image, SIZE, antialias=mode != "plain"), parsed["target"]

    records = tf.data.TFRecordDataset(files, buffer_size=8 << 20, num_parallel_reads=tf.data.AUTOTUNE)
    return records.map(load, num_parallel_calls=tf.data.AUTOTUNE).batch(BATCH).prefetch(tf.data.AUTOTUNE)


@tf.function
def consume(batches):
    total = tf.constant(0, tf.int64)
    for images, targets in batches:
        tf.debugging.assert_equal(tf.shape(images)[1:], [*SIZE, 3])
        total += tf.reduce_sum(targets + 1)
    return total


known = {}


def epochs(request):
    key = json.dumps([request["mode"], request["files"]])
    if key not in known:
        known[key] = dataset(request["mode"], request["files"])
        consume(known[key])
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(request["passes"]):
        total = consume(known[key])
    return start, cpu, int(total)


layers = keras.Sequential([
    keras.layers.RandomFlip("horizontal"),
    keras.layers.RandomRotation(0.1),
    keras.layers.RandomZoom(0.2),
    keras.layers.RandomTranslation(0.1, 0.1),
])
noise = tf.random.uniform([BATCH, *SIZE, 3], 0, 255)


@tf.function
def augmented(images):
    return layers(images, training=True)


def augment(request):
    augmented(noise)
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(request["passes"]):
        out = augmented(noise)
    float(out[0, 0, 0, 0])
    return start, cpu, request["passes"] * BATCH


for line in sys.stdin:
    request = json.loads(line)
    start, cpu, total = (epochs if request["job"] == "epoch" else augment)(request)
    reply = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "total": total}
    print(json.dumps(reply), flush=True)
