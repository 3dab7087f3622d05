#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the TensorProto files beside it with the onnx package (1.12), the reference writer.

Run: /usr/bin/python3 make.py
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent


def write(name, tensor):
    (HERE / f"{name}.pb").write_bytes(tensor.SerializeToString())


def raw(name, array):
    write(name, numpy_helper.from_array(array, name))


def typed(name, kind, shape, values):
    write(name, helper.make_tensor(name, kind, shape, values))


raw("float-raw", np.array([[1.5, -2.0, 0.1], [np.inf, -0.0, 3e38]], np.float32))
raw("int64-raw", np.array([-(2**63), 2**63 - 1], np.int64))
raw("scalar", np.array(7, np.int32))
raw("empty", np.zeros((2, 0, 3), np.float32))
raw("strings", np.array([["crack", "pit"], ["", "Ätzung"]], object))
typed("float-typed", TensorProto.FLOAT, [2, 3], [1.5, -2.0, 0.1, float("inf"), -0.0, 3e38])
typed("double-typed", TensorProto.DOUBLE, [2], [0.1, -1e300])
typed("int8-typed", TensorProto.INT8, [3], [-128, 0, 127])
typed("uint8-typed", TensorProto.UINT8, [3], [0, 128, 255])
typed("bool-typed", TensorProto.BOOL, [4], [True, False, False, True])
typed("float16-typed", TensorProto.FLOAT16, [3], [1.0, -2.0, 0.5])
typed("uint64-typed", TensorProto.UINT64, [2], [0, 2**64 - 1])
typed("uint32-typed", TensorProto.UINT32, [2], [0, 2**32 - 1])
