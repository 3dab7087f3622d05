#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the corpus on which differences between models are measured: trained, then changed.

    /usr/bin/python3 systemtest/src/models/deltas/make.py OUTPUT
    /usr/bin/python3 systemtest/src/models/deltas/make.py --large OUTPUT

Needs Debian's python3-torch, python3-onnx and libopenblas0-pthread (without the last it works too,
ten times as long), nothing from the network, one core and some minutes.
Everything is seeded; one core on purpose, so that sums keep their order and two runs on one machine
give the same files. OUTPUT/pairs.json lists what was made; a finished corpus carries the digest of
the scripts that made it (OUTPUT/stamp) and is not made again.

Three networks learn for real (networks.py): convolutions that look at pictures of turned metal, a
GRU that listens to bearings, an autoencoder. Then each is changed in the ways in which models change
between releases, and written as ONNX (files.py). Less usual changes come from unusual.py, a few pairs of other
files from plain.py.

--large makes one pair of 400 MB instead, for speed and memory: random weights, small random steps.

A pair's kind says what may be asked of a difference between its files:

    small    fine-tuned by small steps, in whatever number format
    far      trained so long that the weights moved far
    derived  the new file follows from the old one and a few numbers: adapter, batch norm, cast
    pruned   small weights set to zero for the first time
    scratch  trained anew: the old file is no help
    same     most bytes are literally those of the old file
    any      anything else
"""

import copy
import hashlib
import json
import os
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read once, when numpy is loaded

import numpy as np
import onnx
import torch
from torch import nn

import files
import networks
import plain
import unusual
from networks import adam, adamw, adapt, keeping, learn, prune, sgd

MODELS = Path(__file__).resolve().parents[2] / "main/resources/models/defect"


class Corpus:
    """The pairs written so far."""

    def __init__(self, directory):
        self.directory, self.pairs = directory, []

    def add(self, name, old, new, what, kind, suffix="onnx"):
        for side, content in (("old", old), ("new", new)):
            files.write(content, self.directory / name / f"{side}.{suffix}")
        self.pairs.append({
            "name": name, "old": f"{name}/old.{suffix}", "new": f"{name}/new.{suffix}", "what": what, "kind": kind})
        print(name, flush=True)

    def finish(self, stamp):
        (self.directory / "pairs.json").write_text(json.dumps(self.pairs, indent=1) + "\n")
        (self.directory / "stamp").write_text(stamp + "\n")


# ---------------------------------------------------------------- what happens to models


def every_family(corpus, family):
    name, later = family.name, family.later
    base = networks.first_training(family, seed=11)
    old = files.export(family, base)
    tuned = {
        "adam-1e-5": learn(family, base, later, adam(1e-5), 80, 21),
        "adamw-1e-4": learn(family, base, later, adamw(1e-4), 80, 22),
        "sgd-1e-3": learn(family, base, later, sgd(1e-3, 0.9), 80, 23),
        "sgd-1e-5": learn(family, base, later, sgd(1e-5), 80, 24),
    }
    for how, network in tuned.items():
        corpus.add(f"{name}-{how}", old, files.export(family, network), f"all layers tuned, {how}", "small")
    far = learn(family, base, later, adam(1e-3), family.steps, 25, statistics=True)
    corpus.add(f"{name}-long", old, files.export(family, far), "long training, Adam 1e-3", "far")
    head = learn(family, base, later, adam(1e-3), 40, 26, only=family.head)
    corpus.add(f"{name}-head", old, files.export(family, head), "last layers tuned only", "same")
    anew = networks.first_training(family, seed=12)
    corpus.add(f"{name}-scratch", old, files.export(family, anew), "trained from scratch, another seed", "scratch")
    merged = adapt(family, base, later, rank=4, rate=1e-3, steps=60, seed=27)
    corpus.add(f"{name}-adapter", old, files.export(family, merged), "low-rank adapter merged, rank 4", "derived")
    pruned_pairs(corpus, family, base, old)
    number_formats(corpus, family, old, tuned)
    graph_edits(corpus, family, old, files.export(family, tuned["adam-1e-5"]))
    return base, old, tuned


def pruned_pairs(corpus, family, base, old):
    sparse, masks = prune(base, 0.7)
    corpus.add(f"{family.name}-pruned", old, files.export(family, sparse), "70 % of each matrix set to zero", "pruned")
    healed = learn(family, sparse, family.later, adam(1e-4), 60, 31, after_step=keeping(masks))
    moved = learn(family, healed, family.later, adam(1e-5), 60, 32, after_step=keeping(masks))
    corpus.add(f"{family.name}-pruned-healed", old, files.export(family, healed), "pruned, then tuned to heal", "any")
    corpus.add(f"{family.name}-pruned-tuned", files.export(family, healed), files.export(family, moved),
               "update of a pruned model, Adam 1e-5", "small")


def number_formats(corpus, family, old, tuned):
    name, small, larger = family.name, files.export(family, tuned["adam-1e-5"]), files.export(family, tuned["adamw-1e-4"])
    corpus.add(f"{name}-to-fp16", old, files.half(old), "the fp32 model as fp16", "derived")
    corpus.add(f"{name}-to-bf16", old, files.brain(old), "the fp32 model as bf16", "derived")
    corpus.add(f"{name}-to-int8", old, files.quantise(old, files.scales_of(old)), "the fp32 model as int8 (QDQ)", "derived")
    corpus.add(f"{name}-fp16-adam-1e-5", files.half(old), files.half(small), "fp16, Adam 1e-5", "small")
    corpus.add(f"{name}-fp16-adamw-1e-4", files.half(old), files.half(larger), "fp16, AdamW 1e-4", "small")
    corpus.add(f"{name}-bf16-adam-1e-5", files.brain(old), files.brain(small), "bf16, Adam 1e-5", "small")
    corpus.add(f"{name}-bf16-adamw-1e-4", files.brain(old), files.brain(larger), "bf16, AdamW 1e-4", "small")
    scales = files.scales_of(old)
    corpus.add(f"{name}-int8-adam-1e-5", files.quantise(old, scales), files.quantise(small, files.scales_of(small)),
               "int8 (QDQ), Adam 1e-5", "small")
    corpus.add(f"{name}-int8-frozen", files.quantise(old, scales), files.quantise(small, scales),
               "int8 (QDQ), Adam 1e-5, scales kept", "small")


def graph_edits(corpus, family, old, tuned):
    name = family.name
    corpus.add(f"{name}-graph", old, files.edited(old), "graph and metadata edited", "same")
    corpus.add(f"{name}-order", old, files.reordered(old, 5), "tensors in another order", "same")
    corpus.add(f"{name}-order-tuned", old, files.reordered(tuned, 5), "tensors in another order and tuned, Adam 1e-5", "small")
    corpus.add(f"{name}-renamed-tuned", old, files.renamed(tuned), "tensors renamed and tuned, Adam 1e-5", "small")


def shapes_of_mobile(corpus, family, base, old):
    """Batch norm's statistics move, and are folded into the convolutions on export."""
    moved = learn(family, base, family.later, adam(1e-3), 60, 41, only="head", statistics=True)
    corpus.add("mobile-batch-norm", old, files.export(family, moved), "head tuned, batch norm moved and folded", "derived")
    wider = grown(networks.Mobile(widest=400), base)
    wider = learn(family, wider, family.later, adam(1e-5), 60, 42)
    corpus.add("mobile-widened", old, files.export(family, wider), "a layer 384 -> 400 wide, tuned, Adam 1e-5", "small")
    deeper = copy.deepcopy(base)
    deeper.head = with_layer(deeper.head, 2, 256)
    deeper = learn(family, deeper, family.later, adam(1e-5), 60, 43)
    corpus.add("mobile-layer", old, files.export(family, deeper), "a layer more, all tuned, Adam 1e-5", "small")


def shapes_of_gru(corpus, family, base, old):
    wider = grown(networks.Listener(hidden=208), base, gates=3)
    wider = learn(family, wider, family.later, adam(1e-5), 60, 44)
    corpus.add("gru-widened", old, files.export(family, wider), "every gate 192 -> 208 wide, tuned, Adam 1e-5", "any")


def shapes_of_autoencoder(corpus, family, base, old, tuned):
    wider = learn(family, grown(networks.Autoencoder(wide=400), base), family.later, adam(1e-5), 60, 45)
    corpus.add("autoencoder-widened", old, files.export(family, wider), "layers 384 -> 400 wide, tuned, Adam 1e-5", "small")
    deeper = copy.deepcopy(base)
    deeper.encoder = with_layer(deeper.encoder, 4, 128)
    deeper = learn(family, deeper, family.later, adam(1e-3), 60, 46, only="encoder.4")
    corpus.add("autoencoder-layer", old, files.export(family, deeper), "a layer more, the others kept", "same")
    small = files.export(family, tuned["adam-1e-5"])
    corpus.add("autoencoder-transposed-tuned", old, files.transposed(small), "dense weights transposed and tuned, Adam 1e-5", "small")
    for kind, number in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        corpus.add(f"autoencoder-safetensors-{kind}", files.safetensors(base, number),
                   files.safetensors(tuned["adam-1e-5"], number), f"safetensors, {kind}, Adam 1e-5", "small", "safetensors")


def with_layer(sequence, at, width):
    """The sequence with a dense layer before position `at` that at first changes next to nothing."""
    layer = nn.Linear(width, width)
    with torch.no_grad():
        layer.weight.mul_(0.05).add_(torch.eye(width))
        layer.bias.zero_()
    parts = list(sequence)
    return nn.Sequential(*parts[:at], layer, nn.ReLU(), *parts[at:])


def grown(wider, base, gates=1):
    """What the wider network has more keeps its random start, a tenth as large; the rest is the base's."""
    state = base.state_dict()
    with torch.no_grad():
        for name, target in wider.state_dict().items():
            source = state[name]
            if target.shape == source.shape:
                target.copy_(source)
                continue
            target.mul_(0.1)
            blocks = gates if name.startswith("gru") else 1
            for into, of in zip(target.chunk(blocks), source.chunk(blocks)):
                into[tuple(slice(0, n) for n in of.shape)] = of
    return wider


# ---------------------------------------------------------------- the corpus


def whole(directory):
    corpus = Corpus(directory)
    for name, old, new, what, kind in plain.pairs():
        corpus.add(name, old, new, what, kind, "bin")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    mobile, gru, autoencoder = networks.families()
    base, old, tuned = every_family(corpus, autoencoder)
    shapes_of_autoencoder(corpus, autoencoder, base, old, tuned)
    for name, before, after, what in unusual.pairs(old, files.export(autoencoder, tuned["adam-1e-5"])):
        corpus.add(f"unusual-{name}", before, after, what, "any")
    base, old, _ = every_family(corpus, gru)
    shapes_of_gru(corpus, gru, base, old)
    base, old, _ = every_family(corpus, mobile)
    shapes_of_mobile(corpus, mobile, base, old)
    shipped = [(MODELS / version / "model.onnx").read_bytes() for version in ("1.0.0", "1.1.0", "1.2.0-broken")]
    corpus.add("defect-1.1.0", shipped[0], shipped[1], "the demo's models, Adam 1e-4, another camera", "far")
    corpus.add("defect-1.2.0", shipped[1], shipped[2], "the demo's models, Adam 3e-4, wrong labels", "far")
    corpus.finish(stamp())


def large(directory):
    """100 million random weights and a small step for each, in one written order."""
    rng = np.random.default_rng(400)
    tensors = {"old": [], "new": []}
    for i in range(100):
        base = rng.standard_normal((1000, 1000), dtype=np.float32) * np.float32(0.03)
        step = rng.standard_normal((1000, 1000), dtype=np.float32)
        step *= rng.lognormal(-10, 1, (1000, 1)).astype(np.float32)
        tensors["old"].append(onnx.numpy_helper.from_array(base, f"layer{i}.weight"))
        tensors["new"].append(onnx.numpy_helper.from_array(base + step, f"layer{i}.weight"))
    corpus = Corpus(directory)
    models = {side: chain(weights) for side, weights in tensors.items()}
    corpus.add("large", models["old"], models["new"], "400 MB, random weights, small random steps", "small")
    corpus.finish(stamp())


def chain(weights):
    names = ["input"] + [f"hidden{i}" for i in range(len(weights))]
    nodes = [onnx.helper.make_node("MatMul", [names[i], w.name], [names[i + 1]]) for i, w in enumerate(weights)]
    ends = [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, ["batch", 1000]) for n in (names[0], names[-1])]
    graph = onnx.helper.make_graph(nodes, "chain", ends[:1], ends[1:], weights)
    return onnx.helper.make_model(graph, producer_name=files.PRODUCER)


def stamp():
    digest = hashlib.sha256()
    for script in sorted(Path(__file__).parent.glob("*.py")) + [Path(networks.inspection.__file__)]:
        digest.update(script.read_bytes())
    return digest.hexdigest()


def main(arguments):
    make = large if arguments[0] == "--large" else whole
    directory = Path(arguments[-1])
    done = directory / "stamp"
    if done.exists() and done.read_text().strip() == stamp():
        return
    directory.mkdir(parents=True, exist_ok=True)
    make(directory)


if __name__ == "__main__":
    if len(sys.argv) != (3 if sys.argv[1:2] == ["--large"] else 2):
        sys.exit(__doc__)
    main(sys.argv[1:])
