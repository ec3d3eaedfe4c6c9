"""The lab's loop as its report describes it: DataLoaders, ToTensor, one `.item()` a step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from time import perf_counter

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from autoenc import models
from autoenc.convolutions import ConvTranspose2d
from autoenc.schema import TrainConfig

Epoch = tuple[float, float, float]  # seconds with the test, training loss, test loss


def epochs(config: TrainConfig) -> Iterator[Epoch]:
    """One epoch on MNIST at each request; the losses are means over batches."""
    root = os.environ.get("AUTOENC_DATA_DIR", "data")
    to_tensor = transforms.ToTensor()
    train = DataLoader(datasets.MNIST(root, True, to_tensor), config.batch_size, shuffle=True)
    test = DataLoader(datasets.MNIST(root, False, to_tensor), config.batch_size)
    torch.manual_seed(config.seed)
    model = with_plain_layers(models.build(config, (1, 28, 28)))
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate)
    while True:
        began = perf_counter()
        model.train()
        train_loss = 0.0
        for images, _ in train:
            output = model(images)
            loss = criterion(output, images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            train_loss += loss.item()
        model.eval()
        test_loss = 0.0
        with torch.no_grad():
            for images, _ in test:
                test_loss += criterion(model(images), images).item()
        yield perf_counter() - began, train_loss / len(train), test_loss / len(test)


def with_plain_layers(model: models.Autoencoder) -> models.Autoencoder:
    """The same model of nothing but PyTorch's own layers."""
    for part in (model.encoder, model.decoder):
        for i, layer in enumerate(part):
            if isinstance(layer, ConvTranspose2d):
                part[i] = _plain(layer)
    return model


def _plain(layer: ConvTranspose2d) -> nn.ConvTranspose2d:
    shape = layer.in_channels, layer.out_channels, layer.kernel_size[0]
    plain = nn.ConvTranspose2d(*shape, layer.stride[0], padding=1).to(layer.weight.dtype)
    plain.load_state_dict(layer.state_dict())
    return plain
