"""The backbones of Keras Applications by the names of @cassava/models, without top."""
from keras import applications

APPLICATIONS = {
    "densenet169": (applications.DenseNet169, applications.densenet),
    "mobilenet": (applications.MobileNet, applications.mobilenet),
    "mobilenetV2": (applications.MobileNetV2, applications.mobilenet_v2),
    "resnet50": (applications.ResNet50, applications.resnet50),
    "vgg16": (applications.VGG16, applications.vgg16),
    "vgg19": (applications.VGG19, applications.vgg19),
}


def build(name, size, pooling="avg", alpha=1):
    """An untrained backbone for images [size, size, 3]; pooling: avg, max or none."""
    options = {"alpha": alpha} if name.startswith("mobilenet") else {}
    pooling = None if pooling == "none" else pooling
    return APPLICATIONS[name][0](
        weights=None, include_top=False, pooling=pooling, input_shape=(size, size, 3), **options
    )


def preprocess(name, pixels):
    return APPLICATIONS[name][1].preprocess_input(pixels.astype("float32"))
