# SPDX-License-Identifier: Apache-2.0
"""Changes that models undergo in the field besides training: number formats that hold less than they could,
matrices fused and split, tables that grow, other exporters, other files."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import files
from files import with_initialisers

WEIGHTS = 1000  # smaller tensors stay as they are


def pairs(old, tuned):
    """name, old, new, what; from a model and what small steps made of it"""
    for name, change, what in (
        ("grid", fake_quantised, "fake-quantised to 8 bits, kept as floats"),
        ("codebook", codebook, "64 values, kept as floats"),
        ("ternary", ternary, "three values, kept as floats"),
        ("decimals", lambda array: np.round(array, 4).astype(np.float32), "rounded to four decimals"),
        ("clipped", lambda array: np.clip(array, -0.02, 0.02), "clipped"),
        ("fp16-kept", lambda array: array.astype(np.float16).astype(np.float32), "fp16 values kept as fp32"),
        ("fp64", lambda array: array.astype(np.float64), "fp64"),
        ("fp64-scaled", lambda array: array.astype(np.float64) * 1.1, "fp64, scaled"),
    ):
        yield f"{name}", changed(old, change), changed(tuned, change), f"{what}, Adam 1e-5"
    yield "negated", old, changed(old, lambda array: -array), "every weight negated"
    yield "sprinkled", old, changed(old, sprinkled), "one weight in a hundred set to one value"
    yield "permuted", old, changed(old, permuted), "rows in another order"
    yield "to-uint8", old, asymmetric(old), "the fp32 model as uint8 with zero points, one scale each"
    yield "fp16-to-uint8", files.half(old), asymmetric(old), "the fp16 model's uint8 sister"
    yield "uint8", asymmetric(old), asymmetric(tuned), "uint8 with zero points, Adam 1e-5"
    yield "int4", asymmetric(old, packed), asymmetric(tuned, packed), "4 bits, two in a byte, Adam 1e-5"
    yield "fused-columns", old, fused(old, 1), "four matrices side by side in one"
    yield "fused-rows", old, fused(old, 0), "four matrices one upon the other in one"
    yield "split", fused(old, 1), old, "one matrix split into four"
    yield "flat", old, flat(old), "all weights in one tensor"
    yield "flat-tuned", flat(old), flat(tuned), "all weights in one tensor, Adam 1e-5"
    for name, table, grown, what in tables():
        yield name, holding(table), holding(grown), what


def changed(model, change):
    return with_initialisers(
        model, lambda name, array: numpy_helper.from_array(
            np.ascontiguousarray(change(array) if array.size >= WEIGHTS else array), name))


def fake_quantised(array):
    scale = np.float32(np.abs(array).max() / 127)
    return (np.rint(array / scale) * scale).astype(np.float32)


def codebook(array):
    values = np.quantile(array, (np.arange(64) + 0.5) / 64).astype(np.float32)
    return values[np.abs(array.reshape(-1, 1) - values).argmin(axis=1)].reshape(array.shape)


def ternary(array):
    size = np.abs(array).mean()
    return (np.sign(array) * (np.abs(array) > size) * np.float32(size)).astype(np.float32)


def sprinkled(array):
    rng = np.random.default_rng(array.size)
    return np.where(rng.random(array.shape) < 0.01, np.float32(0.125), array)


def permuted(array):
    return array[np.random.default_rng(array.size).permutation(len(array))]


def packed(steps):
    four = (steps >> 4).reshape(-1)
    four = np.append(four, np.zeros(len(four) % 2, np.uint8))
    return four[0::2] | four[1::2] << 4


def asymmetric(model, pack=lambda steps: steps):
    """Weights as uint8, one scale and one zero point for each tensor, as dynamic quantisation writes them."""

    def cast(tensor):
        array = numpy_helper.to_array(tensor)
        if not files.is_weight(tensor) or array.size < WEIGHTS:
            return [tensor]
        scale = (array.max() - array.min()) / np.float32(255)
        zero = np.uint8(np.clip(np.rint(-array.min() / scale), 0, 255))
        steps = np.clip(np.rint(array / scale) + zero, 0, 255).astype(np.uint8)
        return [
            numpy_helper.from_array(pack(steps), tensor.name + "_quantized"),
            numpy_helper.from_array(np.float32(scale), tensor.name + "_scale"),
            numpy_helper.from_array(zero, tensor.name + "_zero_point"),
        ]

    return holding([part for tensor in model.graph.initializer for part in cast(tensor)])


def fused(model, axis):
    """The quarters of each large matrix in another arrangement, as when queries, keys and values are fused."""
    fused_ones, rest = [], []
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.ndim == 2 and min(array.shape) >= 256:
            parts = np.split(array, 4, axis=1 - axis)
            fused_ones.append(numpy_helper.from_array(np.concatenate(parts, axis=axis), tensor.name + "_fused"))
        else:
            rest.append(tensor)
    return holding(rest + fused_ones)


def flat(model):
    arrays = [numpy_helper.to_array(t).reshape(-1) for t in model.graph.initializer if files.is_weight(t)]
    return holding([numpy_helper.from_array(np.concatenate(arrays), "all")])


def tables():
    """name, old, new, what: what stands in a model beside its weights"""
    rng = np.random.default_rng(5)
    words = rng.standard_normal((4000, 64), dtype=np.float32)
    grown = np.insert(words, rng.integers(0, 4000, 60), rng.standard_normal((60, 64), dtype=np.float32), axis=0)
    yield "vocabulary", words, grown, "an embedding, 60 rows inserted among 4000"
    numbers = np.sort(rng.choice(1 << 24, 60000, replace=False)).astype(np.int64)
    yield "index", numbers, np.sort(np.append(numbers, rng.choice(1 << 24, 300))), "a sorted int64 table, 300 entries more"
    classes = rng.integers(0, 300, 40000).astype(np.int32)
    later = classes.copy()
    later[rng.integers(0, len(classes), 200)] = 300
    yield "classes", classes, later, "an int32 table, 200 of 40000 entries a new value"
    mask = np.arange(1 << 18) % 7 < 3
    yield "mask", mask, np.arange(1 << 18) % 9 < 4, "a periodic mask becomes another"


def holding(tensors):
    """A model around some tensors; what it computes does not matter to a difference."""
    if isinstance(tensors, np.ndarray):
        tensors = [numpy_helper.from_array(tensors, "table")]
    end = helper.make_tensor_value_info("output", TensorProto.FLOAT, None)
    nodes = [helper.make_node("Identity", [tensors[0].name], ["output"])]
    return helper.make_model(helper.make_graph(nodes, "holding", [], [end], tensors), producer_name=files.PRODUCER)
