#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tiny models beside it with the onnx package (1.12). Seeded; run: /usr/bin/python3 make.py

scale-1, scale-2   y = k * x, x: FP32 [batch, 4], k 1 and 2: which version answered is in the answer
every-type         one Identity for each element type that can go in and out, shape [n]
texts              Identity of strings, shape [n]
two-inputs         total = a + b (FP32 [batch, 2] and [2]), least = min over the row
picky              picks row i of a table of three: an index beyond fails inside the runtime
work               two dense layers of 256, so that an inference takes a moment
labels             numbers of words and back, among them what is longer in UTF-8 than in Java's own encoding, and a NUL
many               one number, as often as asked: an answer far larger than its request
unsigned           takes UINT32, which the runtime's Java side cannot be given
"""
import pathlib

import numpy as np
from onnx import TensorProto as T
from onnx import checker, helper, numpy_helper

HERE = pathlib.Path(__file__).parent


def save(name, nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 2)], producer_name="make.py")
    model.ir_version = 7
    checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def value(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def constant(name, array):
    return numpy_helper.from_array(array, name)


for k in (1, 2):
    save(f"scale-{k}", [helper.make_node("Mul", ["x", "k"], ["y"])],
         [value("x", T.FLOAT, ["batch", 4])], [value("y", T.FLOAT, ["batch", 4])],
         [constant("k", np.array(k, np.float32))])

KINDS = {"fp32": T.FLOAT, "fp64": T.DOUBLE, "fp16": T.FLOAT16, "int8": T.INT8, "int16": T.INT16, "int32": T.INT32,
         "int64": T.INT64, "uint8": T.UINT8, "bool": T.BOOL}
save("every-type", [helper.make_node("Identity", [k], [k + "_out"]) for k in KINDS],
     [value(k, t, ["n_" + k]) for k, t in KINDS.items()], [value(k + "_out", t, ["n_" + k]) for k, t in KINDS.items()])

save("texts", [helper.make_node("Identity", ["words"], ["same"])],
     [value("words", T.STRING, ["n"])], [value("same", T.STRING, ["n"])])

save("two-inputs", [helper.make_node("Add", ["a", "b"], ["total"]),
                    helper.make_node("ReduceMin", ["total"], ["least"], axes=[1], keepdims=0)],
     [value("a", T.FLOAT, ["batch", 2]), value("b", T.FLOAT, [2])],
     [value("total", T.FLOAT, ["batch", 2]), value("least", T.FLOAT, ["batch"])])

save("picky", [helper.make_node("Gather", ["table", "i"], ["row"])],
     [value("i", T.INT64, ["n"])], [value("row", T.FLOAT, ["n"])],
     [constant("table", np.array([10, 20, 30], np.float32))])

WORDS = ["plain", "\u00e9", "\U0001f600", "x\0y", "\U0001d4b3\U0001f600z", "\u65e5\u672c"]
NUMBERS = [1, 2, 3, 4, 5, 6]
save("labels", [helper.make_node("LabelEncoder", ["words"], ["number"], domain="ai.onnx.ml", keys_strings=WORDS,
                                 values_int64s=NUMBERS, default_int64=-1),
                helper.make_node("LabelEncoder", ["number"], ["again"], domain="ai.onnx.ml", keys_int64s=NUMBERS,
                                 values_strings=WORDS, default_string="?")],
     [value("words", T.STRING, ["n"])], [value("number", T.INT64, ["n"]), value("again", T.STRING, ["n"])])

save("many", [helper.make_node("Expand", ["one", "shape"], ["many"])],
     [value("one", T.FLOAT, [1]), value("shape", T.INT64, [1])], [value("many", T.FLOAT, ["n"])])

random = np.random.default_rng(7)
save("work", [helper.make_node("MatMul", ["x", "w1"], ["h"]), helper.make_node("Relu", ["h"], ["r"]),
              helper.make_node("MatMul", ["r", "w2"], ["y"])],
     [value("x", T.FLOAT, ["batch", 256])], [value("y", T.FLOAT, ["batch", 256])],
     [constant(w, random.standard_normal((256, 256)).astype(np.float32) / 16) for w in ("w1", "w2")])

save("unsigned", [helper.make_node("Identity", ["x"], ["y"])],
     [value("x", T.UINT32, ["n"])], [value("y", T.UINT32, ["n"])])
