"""The backbones of Keras Applications by the names of @cassava/models, without top, with average pooling."""
import keras

APPLICATIONS = {
    "mobilenetV2": (keras.applications.MobileNetV2, keras.applications.mobilenet_v2.preprocess_input),
    "resnet50": (keras.applications.ResNet50, keras.applications.resnet50.preprocess_input),
}


def build(name, size):
    return APPLICATIONS[name][0](weights=None, include_top=False, pooling="avg", input_shape=(size, size, 3))


def preprocess(name, pixels):
    return APPLICATIONS[name][1](pixels.astype("float32"))
