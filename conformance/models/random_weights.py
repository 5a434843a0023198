"""Seeded random weights, batch-normalization statistics and biases included: swapped or forgotten tensors cannot go unnoticed, as
they would with the weights that Keras begins with."""
import h5py
import numpy as np
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

# Variance of the kernels times their fan-in, chosen such that one wrong tensor in any layer still shows in the features. Above it
# the sums of residual branches explode and drown it, or the network multiplies rounding (mobilenetV2 at 2.0: 1e-5 of the features);
# below it narrow linear layers let it die away. sensitivity.py measures it: the least change by any one tensor, as a share of the
# largest feature, was 0.009 for densenet169 and mobilenetV2, 0.05 for mobilenet (0.03 at alpha 0.25), 0.007 for resnet50, 0.04 for
# vgg16 and 0.03 for vgg19.
GAIN = {"densenet169": 1.5, "mobilenet": 2.5, "mobilenetV2": 1.2, "resnet50": 0.8, "vgg16": 2.0, "vgg19": 2.0}

# Deviation of the preprocessed pixels where it is not about 1 (mode caffe): the first kernels are divided by it, else biases and
# shifts are nothing beside the images.
DEVIATION = {"resnet50": 64, "vgg16": 64, "vgg19": 64}


def randomize(model, name):
    rng = np.random.default_rng(20)
    for layer in model.layers:
        layer.set_weights([draw(rng, name, layer, weight) for weight in layer.weights])


def draw(rng, name, layer, weight):
    shape = weight.shape
    if weight.name in ("gamma", "moving_variance"):
        return rng.uniform(0.5, 1.5, shape)
    if weight.name in ("beta", "moving_mean", "bias"):
        return rng.normal(0, 0.2, shape)
    depthwise = type(layer).__name__ == "DepthwiseConv2D"
    fan_in = np.prod(shape[:2] if depthwise else shape[:-1])
    scale = DEVIATION.get(name, 1) if shape[2] == 3 else 1
    return rng.normal(0, np.sqrt(GAIN[name] / fan_in) / scale, shape)


def write(model, path):
    """In the layout of the files that Keras Applications publishes."""
    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file, model)
