#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the surface-inspection models that the system tests ships, end to end and seeded.

    /usr/bin/python3 systemtest/src/models/train.py [OUTPUT]

OUTPUT defaults to systemtest/src/main/resources/models/defect. Needs Debian's python3-torch and
python3-onnx, nothing from the network, and a few minutes of one core. One core on purpose: sums
in one order, so that two runs on one machine give the same weights.

The task: a camera over a lathe looks at 32 x 32 pixels of turned metal and says what it sees.
The pictures are drawn, not photographed: grooves, lamp gradient, sensor noise, and one defect.
They are easy to make, hard enough that an untrained or broken network cannot pass.

Three releases come out:

    1.0.0         trained on the first camera
    1.1.0         all layers tuned on a second, dimmer and blurrier camera, small steps (the
                  ordinary update: same graph, nearly every weight moved a little)
    1.2.0-broken  tuned like 1.1.0, but by somebody whose list of labels had been sorted: loads,
                  answers with confidence, and is wrong. It carries the golden vectors of 1.1.0.
"""

import copy
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

CLASSES = ["none", "scratch", "pit", "crack", "stain"]
SIDE = 32
GOLDEN_SETS = 4
PROBABILITY_TOLERANCE = 1e-3


# ---------------------------------------------------------------- the pictures


def surface(rng, camera):
    """Turned metal under a lamp: grooves in one direction, brightness that varies and slopes."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    angle = rng.uniform(0, np.pi)
    across = x * np.cos(angle) + y * np.sin(angle)
    grooves = sum(
        rng.uniform(0.01, 0.05) * np.sin(2 * np.pi * (rng.uniform(6, 14) * across + rng.uniform()))
        for _ in range(3)
    )
    lamp = rng.uniform(-0.15, 0.15) * (x - 0.5) + rng.uniform(-0.15, 0.15) * (y - 0.5)
    return camera["brightness"] + rng.uniform(-0.1, 0.1) + grooves + lamp


def line(start, angle, length, wander, rng):
    """Points of a line that keeps its direction, or wanders."""
    points, at = [], np.array(start, dtype=float)
    for _ in range(int(length * 2)):
        angle += rng.normal(0, wander)
        at = at + 0.5 * np.array([np.cos(angle), np.sin(angle)])
        points.append(at.copy())
    return points


def draw(points, width):
    """How much of each pixel the pen covered, 0 to 1."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    cover = np.zeros((SIDE, SIDE))
    for px, py in points:
        cover = np.maximum(cover, np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * width**2)))
    return cover


def scratch(rng):
    """A straight bright line: burnished metal."""
    points = line(rng.uniform(4, 28, 2), rng.uniform(0, 2 * np.pi), rng.uniform(10, 22), 0.0, rng)
    return rng.uniform(0.15, 0.40) * draw(points, rng.uniform(0.5, 0.8))


def pit(rng):
    """One to three small dark holes."""
    holes = [rng.uniform(4, 28, 2) for _ in range(rng.integers(1, 4))]
    return -rng.uniform(0.2, 0.45) * draw(holes, rng.uniform(0.9, 1.8))


def crack(rng):
    """A thin dark line that wanders, with a branch."""
    trunk = line(rng.uniform(6, 26, 2), rng.uniform(0, 2 * np.pi), rng.uniform(10, 20), 0.25, rng)
    branch = line(trunk[len(trunk) // 2], rng.uniform(0, 2 * np.pi), rng.uniform(3, 7), 0.25, rng)
    return -rng.uniform(0.15, 0.40) * draw(trunk + branch, rng.uniform(0.45, 0.7))


def stain(rng):
    """A wide soft shadow: oil."""
    spots = [rng.uniform(8, 24, 2) + rng.normal(0, 2, 2) for _ in range(rng.integers(2, 5))]
    return -rng.uniform(0.08, 0.2) * draw(spots, rng.uniform(3.5, 6.0))


DEFECTS = [lambda rng: 0.0, scratch, pit, crack, stain]

FIRST_CAMERA = {"brightness": 0.58, "contrast": 1.0, "noise": 0.03, "blur": 0.0}
SECOND_CAMERA = {"brightness": 0.50, "contrast": 0.8, "noise": 0.035, "blur": 0.2}


def soften(image, amount):
    """Blurs by mixing in the four neighbours; edges repeat."""
    padded = np.pad(image, 1, mode="edge")
    around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return (1 - amount) * image + amount * around / 4


def picture(rng, label, camera):
    image = surface(rng, camera) + camera["contrast"] * DEFECTS[label](rng)
    image = soften(image, camera["blur"]) + rng.normal(0, camera["noise"] * rng.uniform(0.7, 1.4), (SIDE, SIDE))
    return np.clip(image, 0, 1)


def pictures(seed, count, camera):
    """`count` pictures, the classes in turn, as float32 [count, 1, 32, 32] and labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % len(CLASSES)
    images = np.stack([picture(rng, label, camera) for label in labels])[:, None]
    return torch.from_numpy(images.astype(np.float32)), torch.from_numpy(labels)


# ---------------------------------------------------------------- the network


class Inspector(nn.Module):
    """Five convolutions and two dense layers; answers with one score per class."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            *self.block(1, 16), *self.block(16, 32), nn.MaxPool2d(2),
            *self.block(32, 64), nn.MaxPool2d(2),
            *self.block(64, 96), *self.block(96, 128), nn.MaxPool2d(2),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )
        self.head = nn.Sequential(nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, len(CLASSES)))

    @staticmethod
    def block(inputs, outputs):
        return nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()

    def forward(self, image):
        # Pictures arrive as the camera gives them, 0 to 1; centring them is the network's business.
        return self.head(self.features((image - 0.5) / 0.25))


class Released(nn.Module):
    """What ships: the network, answering with probabilities."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, image):
        return torch.softmax(self.network(image), dim=1)


def train(network, data, epochs, rate, seed, tuning=False):
    """Cross-entropy with Adam; `tuning` keeps the batch-norm statistics, as is usual then."""
    images, labels = data
    shuffle = torch.Generator().manual_seed(seed)
    steps = epochs * (len(images) // 64)
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=rate, total_steps=steps)
    loss = nn.CrossEntropyLoss(label_smoothing=0.02)
    for epoch in range(epochs):
        network.train(not tuning)
        for batch in torch.randperm(len(images), generator=shuffle)[: steps // epochs * 64].split(64):
            optimiser.zero_grad()
            loss(network(images[batch]), labels[batch]).backward()
            optimiser.step()
            schedule.step()
        print(f"  epoch {epoch + 1}/{epochs}: {accuracy(network, data):.1%} on its own data", flush=True)
    return network.eval()


def accuracy(network, data):
    network.eval()
    images, labels = data
    with torch.no_grad():
        right = sum((network(i).argmax(1) == l).sum().item() for i, l in zip(images.split(256), labels.split(256)))
    return right / len(images)


# ---------------------------------------------------------------- the releases


def export(network, version, directory):
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "model.onnx"
    torch.onnx.export(
        Released(network).eval(), torch.zeros(1, 1, SIDE, SIDE), str(file), opset_version=13,
        input_names=["image"], output_names=["probabilities"],
        dynamic_axes={"image": {0: "batch"}, "probabilities": {0: "batch"}},
    )
    model = onnx.load(str(file))
    model.model_version = 1
    onnx.helper.set_model_props(model, {"classes": ",".join(CLASSES), "version": version})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(file))


def tensor_file(file, name, tensor):
    file.write_bytes(numpy_helper.from_array(tensor.numpy(), name).SerializeToString())


def golden(network, directory, cases):
    """ONNX test data: set 0 is a single picture, the others a batch of one picture per class."""
    for number, images in enumerate(cases):
        target = directory / "golden" / f"test_data_set_{number}"
        target.mkdir(parents=True, exist_ok=True)
        with torch.no_grad():
            answer = Released(network)(images)
        tensor_file(target / "input_0.pb", "image", images)
        tensor_file(target / "output_0.pb", "probabilities", answer)


def golden_distance(network, expecting, cases):
    """The largest difference in any probability between two networks over the golden pictures."""
    with torch.no_grad():
        return max((Released(network)(c) - Released(expecting)(c)).abs().max().item() for c in cases)


def golden_cases(camera, seed):
    batches = [pictures(seed + n, len(CLASSES), camera)[0] for n in range(GOLDEN_SETS)]
    return [batches[0][1:2]] + batches[1:]


def sample_requests(directory, images):
    """One Open Inference Protocol v2 request per class."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, image in zip(CLASSES, images):
        request = {"inputs": [{
            "name": "image", "shape": [1, 1, SIDE, SIDE], "datatype": "FP32",
            "data": [round(float(v), 4) for v in image.flatten()],
        }]}
        (directory / f"{name}.json").write_text(json.dumps(request) + "\n")


def contact_sheet(file, rows, scale=3, gap=4):
    """The pictures as a grey PNG, a row per camera: for people only."""
    lines = []
    for row in rows:
        tiles = [np.kron(image[0].numpy(), np.ones((scale, scale))) for image in row]
        lines.append(np.hstack([np.pad(t, gap, constant_values=1.0) for t in tiles]))
    grey = (np.vstack(lines) * 255).astype(np.uint8)

    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", grey.shape[1], grey.shape[0], 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + line.tobytes() for line in grey), 9)
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def report(name, network, first, second):
    print(f"{name}: first camera {accuracy(network, first):.1%}, second camera {accuracy(network, second):.1%}", flush=True)


def main(output):
    torch.manual_seed(20)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    held_out_first = pictures(101, 2000, FIRST_CAMERA)
    held_out_second = pictures(102, 2000, SECOND_CAMERA)

    good = train(Inspector(), pictures(1, 8000, FIRST_CAMERA), epochs=8, rate=3e-3, seed=1)
    print(f"{sum(p.numel() for p in good.parameters())} parameters")
    report("1.0.0", good, held_out_first, held_out_second)

    images, labels = (torch.cat(p) for p in zip(pictures(2, 3000, FIRST_CAMERA), pictures(3, 5000, SECOND_CAMERA)))
    tuned = train(copy.deepcopy(good), (images, labels), epochs=4, rate=1e-4, seed=2, tuning=True)
    report("1.1.0", tuned, held_out_first, held_out_second)

    sorted_wrongly = torch.tensor([sorted(CLASSES).index(name) for name in CLASSES])
    broken = train(copy.deepcopy(tuned), (images, sorted_wrongly[labels]), epochs=2, rate=3e-4, seed=3, tuning=True)
    report("1.2.0-broken", broken, held_out_first, held_out_second)

    old_cases = golden_cases(FIRST_CAMERA, 200)
    new_cases = golden_cases(FIRST_CAMERA, 200)[:2] + golden_cases(SECOND_CAMERA, 300)[2:]
    for version, network, expected, cases in [
        ("1.0.0", good, good, old_cases), ("1.1.0", tuned, tuned, new_cases), ("1.2.0-broken", broken, tuned, new_cases),
    ]:
        export(network, version, output / version)
        golden(expected, output / version, cases)

    distance = golden_distance(broken, tuned, new_cases)
    print(f"1.2.0-broken is off by up to {distance:.2f} on its golden vectors, {PROBABILITY_TOLERANCE} is allowed")
    assert distance > 100 * PROBABILITY_TOLERANCE, "the broken release is not broken enough"

    sample_requests(output / "samples", held_out_second[0][:len(CLASSES)])
    contact_sheet(output / "samples" / "pictures.png",
                  [held_out_first[0][:len(CLASSES)], held_out_second[0][:len(CLASSES)]])


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[1]
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else here / "main/resources/models/defect")
