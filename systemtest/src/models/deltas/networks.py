# SPDX-License-Identifier: Apache-2.0
"""Three small networks, the data they learn from, and ways of training them."""

import copy
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import train as inspection  # noqa: E402  the surface-inspection pictures are drawn there

CLASSES = 5
FRAMES, FRAME = 12, 32


# ---------------------------------------------------------------- what they learn from


def pictures(seed, count, camera):
    return inspection.pictures(seed, count, camera)


def vibrations(seed, count, machine):
    """Frames of a bearing's vibration: shaft harmonics, noise, and one of four faults or none."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    time = np.arange(FRAMES * FRAME) / (FRAMES * FRAME)
    shaft = rng.uniform(8, 12, (count, 1)) * machine["speed"]
    phase = rng.uniform(0, 2 * np.pi, (count, 3))
    signal = sum(
        rng.uniform(0.2, 0.6, (count, 1)) / n * np.sin(2 * np.pi * n * shaft * time + phase[:, n - 1 : n])
        for n in (1, 2, 3)
    )
    rates = np.array([0.0, 3.1, 4.7, 0.4, 7.3])[labels][:, None] * shaft
    knocks = np.maximum(0, np.sin(2 * np.pi * rates * time + phase[:, :1])) ** 8
    signal += machine["fault"] * knocks * np.sin(2 * np.pi * 90 * time)
    signal += rng.normal(0, machine["noise"], signal.shape)
    frames = signal.reshape(count, FRAMES, FRAME).astype(np.float32)
    return torch.from_numpy(frames), torch.from_numpy(labels)


FIRST_MACHINE = {"speed": 1.0, "fault": 0.8, "noise": 0.10}
SECOND_MACHINE = {"speed": 1.15, "fault": 0.6, "noise": 0.14}


# ---------------------------------------------------------------- the networks


class Mobile(nn.Module):
    """Depthwise-separable convolutions with batch norm, as MobileNet has them, and a dense head."""

    def __init__(self, widest=384):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU6(),
            *self.block(16, 64, 2), *self.block(64, 128, 1), *self.block(128, 256, 2),
            *self.block(256, widest, 1), *self.block(widest, 512, 1),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )
        self.head = nn.Sequential(nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, CLASSES))

    @staticmethod
    def block(inputs, outputs, stride):
        return (
            nn.Conv2d(inputs, inputs, 3, stride=stride, padding=1, groups=inputs, bias=False), nn.BatchNorm2d(inputs), nn.ReLU6(),
            nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU6(),
        )

    def forward(self, image):
        return self.head(self.features((image - 0.5) / 0.25))


class Listener(nn.Module):
    """Two GRU layers over frames of a signal, and a dense head."""

    def __init__(self, hidden=192):
        super().__init__()
        self.gru = nn.GRU(FRAME, hidden, num_layers=2, batch_first=True)
        self.head = nn.Sequential(nn.Linear(hidden, 96), nn.ReLU(), nn.Linear(96, CLASSES))

    def forward(self, frames):
        return self.head(self.gru(frames)[0][:, -1])


class Autoencoder(nn.Module):
    """Dense layers down to 32 numbers and up again: what a picture should look like."""

    def __init__(self, wide=384):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(1024, wide), nn.ReLU(), nn.Linear(wide, 128), nn.ReLU(), nn.Linear(128, 32))
        self.decoder = nn.Sequential(
            nn.Linear(32, 128), nn.ReLU(), nn.Linear(128, wide), nn.ReLU(), nn.Linear(wide, 1024))

    def forward(self, image):
        return self.decoder(self.encoder(image.flatten(1) - 0.5)) + 0.5


class Family:
    """A network with its first training, its later data, and its task."""

    def __init__(self, name, make, sample, first, later, loss, parts, steps):
        self.name, self.make, self.sample = name, make, sample
        self.first, self.later, self.loss = first, later, loss
        self.head = parts
        self.steps = steps


def families():
    scores = nn.CrossEntropyLoss(label_smoothing=0.02)
    labelled = lambda network, inputs, labels: scores(network(inputs), labels)
    rebuilt = lambda network, inputs, labels: nn.functional.mse_loss(network(inputs), inputs.flatten(1))
    before = pictures(1, 3000, inspection.FIRST_CAMERA)
    after = pictures(2, 2000, inspection.SECOND_CAMERA)
    return [
        Family("mobile", Mobile, torch.zeros(1, 1, 32, 32), before, after, labelled, "head", 250),
        Family("gru", Listener, torch.zeros(1, FRAMES, FRAME), vibrations(3, 4000, FIRST_MACHINE),
               vibrations(4, 2000, SECOND_MACHINE), labelled, "head", 250),
        Family("autoencoder", Autoencoder, torch.zeros(1, 1, 32, 32), before, after, rebuilt, "decoder.4", 800),
    ]


# ---------------------------------------------------------------- training


def adam(rate):
    return lambda parameters: torch.optim.Adam(parameters, lr=rate)


def adamw(rate):
    return lambda parameters: torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)


def sgd(rate, momentum=0.0):
    return lambda parameters: torch.optim.SGD(parameters, lr=rate, momentum=momentum)


def batches(data, steps, seed, size=64):
    inputs, labels = data
    shuffle = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        chosen = torch.randint(len(inputs), (size,), generator=shuffle)
        yield inputs[chosen], labels[chosen]


def learn(family, network, data, optimiser, steps, seed, only="", statistics=False, after_step=lambda: None):
    """Trains a copy. `only` names the part that may move; `statistics` lets batch norm's move too."""
    network = copy.deepcopy(network)
    network.train(statistics)
    moving = [p for name, p in network.named_parameters() if name.startswith(only)]
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name.startswith(only))
    steps_of = optimiser(moving)
    finish = after_step(network) if after_step.__code__.co_argcount else after_step
    for inputs, labels in batches(data, steps, seed):
        steps_of.zero_grad()
        family.loss(network, inputs, labels).backward()
        steps_of.step()
        with torch.no_grad():
            finish()
    return network.eval()


def first_training(family, seed):
    torch.manual_seed(seed)
    return learn(family, family.make(), family.first, adam(2e-3), family.steps, seed, statistics=True)


def matrices(network):
    """The weights that have rows and columns worth speaking of."""
    return {n: p for n, p in network.named_parameters() if p.dim() >= 2 and p.numel() >= 2000}


def adapt(family, network, data, rank, rate, steps, seed):
    """Low-rank adaptation: only B and A of each weight + B A learn, and are merged at the end."""
    network = copy.deepcopy(network).eval()
    generator = torch.Generator().manual_seed(seed)
    adapters, base = {}, {}
    for name, weight in matrices(network).items():
        flat = weight.detach().flatten(1)
        base[name] = flat.clone()
        a = torch.randn(rank, flat.shape[1], generator=generator) / flat.shape[1] ** 0.5
        adapters[name] = nn.Parameter(torch.zeros(flat.shape[0], rank)), nn.Parameter(a)
    optimiser = torch.optim.Adam([p for pair in adapters.values() for p in pair], lr=rate)
    for inputs, labels in batches(data, steps, seed):
        network.zero_grad()
        family.loss(network, inputs, labels).backward()
        with torch.no_grad():
            for name, weight in matrices(network).items():
                b, a = adapters[name]
                slope = weight.grad.flatten(1)
                b.grad, a.grad = slope @ a.T, b.T @ slope
            optimiser.step()
            for name, weight in matrices(network).items():
                b, a = adapters[name]
                weight.copy_((base[name] + b @ a).reshape(weight.shape))
    return network


def prune(network, share):
    """A copy without the smallest `share` of each matrix, and the masks that keep it so."""
    network = copy.deepcopy(network)
    masks = {}
    with torch.no_grad():
        for name, weight in matrices(network).items():
            limit = weight.abs().flatten().kthvalue(int(share * weight.numel()))[0]
            masks[name] = (weight.abs() > limit).float()
            weight.mul_(masks[name])
    return network, masks


def keeping(masks):
    """Puts the zeros back after each step."""

    def start(network):
        weights = matrices(network)
        return lambda: [weights[name].mul_(mask) for name, mask in masks.items()]

    return start
