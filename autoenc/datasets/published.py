"""The published data sets, and those that come with libraries."""

from __future__ import annotations

from collections.abc import Mapping

from autoenc.datasets.spec import RAW_FILES, DatasetSpec
from autoenc.schema import DEFAULT_EPOCHS

_TEN_DIGITS = tuple("0123456789")
_CLOTHES = (
    "T-shirt",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_HIRAGANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
_TEN_THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_HUNDRED_THINGS = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly
camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup
dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower
leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid
otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray
road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
wardrobe whale willow_tree wolf woman worm
"""
# In the order of the labels; the test images are patches of the last two.
PHOTOGRAPHS = ("astronaut", "cat", "motorcycle", "rocket", "flower", "coffee", "temple")

PUBLISHED: Mapping[str, DatasetSpec] = {
    spec.name: spec
    for spec in (
        DatasetSpec(
            name="mnist",
            title="MNIST handwritten digits",
            short_title="MNIST",
            source="LeCun, Cortes and Burges",
            class_names=_TEN_DIGITS,
            n_train=60_000,
            n_test=10_000,
            kind="mnist",
            torchvision_class="MNIST",
            place="MNIST/raw",
            file_names=RAW_FILES,
        ),
        DatasetSpec(
            name="fashion-mnist",
            title="Fashion-MNIST clothes and shoes",
            short_title="Fashion-MNIST",
            source="Zalando Research",
            class_names=_CLOTHES,
            n_train=60_000,
            n_test=10_000,
            kind="mnist",
            torchvision_class="FashionMNIST",
            place="FashionMNIST/raw",
            file_names=RAW_FILES,
        ),
        DatasetSpec(
            name="kmnist",
            title="Kuzushiji-MNIST cursive Japanese characters",
            short_title="KMNIST",
            source="Center for Open Data in the Humanities, ROIS",
            class_names=_HIRAGANA,
            n_train=60_000,
            n_test=10_000,
            kind="mnist",
            torchvision_class="KMNIST",
            place="KMNIST/raw",
            file_names=RAW_FILES,
        ),
        DatasetSpec(
            name="digits",
            title="UCI handwritten digits, 8x8 enlarged to 28x28",
            short_title="UCI digits",
            source="Alpaydin and Kaynak, UCI; comes with scikit-learn",
            class_names=_TEN_DIGITS,
            n_train=1_437,
            n_test=360,
            default_epochs=DEFAULT_EPOCHS["digits"],
        ),
        DatasetSpec(
            name="cifar10",
            title="CIFAR-10 colour pictures of ten things",
            short_title="CIFAR-10",
            source="Krizhevsky, University of Toronto",
            class_names=_TEN_THINGS,
            n_train=50_000,
            n_test=10_000,
            kind="cifar",
            torchvision_class="CIFAR10",
            place="cifar-10-batches-py",
            file_names=(*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"),
            image_shape=(3, 32, 32),
        ),
        DatasetSpec(
            name="cifar100",
            title="CIFAR-100 colour pictures of a hundred things",
            short_title="CIFAR-100",
            source="Krizhevsky, University of Toronto",
            class_names=tuple(name.replace("_", " ") for name in _HUNDRED_THINGS.split()),
            n_train=50_000,
            n_test=10_000,
            kind="cifar",
            torchvision_class="CIFAR100",
            place="cifar-100-python",
            file_names=("train", "test"),
            image_shape=(3, 32, 32),
        ),
        DatasetSpec(
            name="svhn",
            title="SVHN house numbers in colour",
            short_title="SVHN",
            source="Netzer and others, Google Street View",
            class_names=_TEN_DIGITS,
            n_train=73_257,
            n_test=26_032,
            kind="svhn",
            torchvision_class="SVHN",
            file_names=("train_32x32.mat", "test_32x32.mat"),
            image_shape=(3, 32, 32),
        ),
        DatasetSpec(
            name="photos",
            title="Patches of photographs, 32x32 in colour",
            source="comes with scikit-image and scikit-learn; five photographs to train, two others to test",
            class_names=PHOTOGRAPHS,
            n_train=8_842,
            n_test=891,
            image_shape=(3, 32, 32),
            default_epochs=DEFAULT_EPOCHS["photos"],
        ),
    )
}
