# SPDX-License-Identifier: Apache-2.0
"""Writing networks as files: ONNX in several number formats, safetensors, and edits of a graph."""

import copy
import io
import json

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

PRODUCER = "deltas"


def export(family, network):
    """The network as torch exports it: batch norm folded into the convolutions before it."""
    out = io.BytesIO()
    torch.onnx.export(
        network.eval(), family.sample, out, opset_version=13, input_names=["input"], output_names=["output"],
        dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
    )
    model = onnx.load_from_string(out.getvalue())
    model.producer_name, model.producer_version = PRODUCER, "1"
    return model


def write(model, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
    unfinished.replace(file)


# ---------------------------------------------------------------- number formats


def is_weight(tensor):
    return tensor.data_type == TensorProto.FLOAT


def with_initialisers(model, change):
    """A copy whose float initialisers went through `change(name, array) -> TensorProto`."""
    model = copy.deepcopy(model)
    changed = [change(t.name, numpy_helper.to_array(t)) if is_weight(t) else t for t in model.graph.initializer]
    del model.graph.initializer[:]
    model.graph.initializer.extend(changed)
    return model


def half(model):
    """Weights as fp16."""
    return with_initialisers(model, lambda name, array: numpy_helper.from_array(array.astype(np.float16), name))


def brain(model):
    """Weights as bf16, rounded to nearest even."""

    def cast(name, array):
        bits = np.ascontiguousarray(array).view(np.uint32).astype(np.uint64)
        rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
        return TensorProto(name=name, data_type=TensorProto.BFLOAT16, dims=array.shape, raw_data=rounded.tobytes())

    return with_initialisers(model, cast)


def scales_of(model):
    """Per-channel scales of the weights with two axes or more: the largest becomes 127."""
    scales = {}
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        if is_weight(tensor) and array.ndim >= 2 and array.size >= 1000:
            axis = channel_axis(array)
            others = tuple(a for a in range(array.ndim) if a != axis)
            scales[tensor.name] = np.maximum(np.abs(array).max(axis=others), 1e-8).astype(np.float32) / np.float32(127)
    return scales


def channel_axis(array):
    """Rows; a GRU's weights carry its direction before them."""
    return 1 if array.ndim == 3 and array.shape[0] == 1 else 0


def quantise(model, scales):
    """Weights as int8 behind DequantizeLinear (QDQ), with these scales."""
    model = copy.deepcopy(model)
    tensors, nodes = [], []
    for tensor in model.graph.initializer:
        if tensor.name not in scales:
            tensors.append(tensor)
            continue
        array, scale = numpy_helper.to_array(tensor), scales[tensor.name]
        axis = channel_axis(array)
        shape = [-1 if a == axis else 1 for a in range(array.ndim)]
        steps = np.clip(np.rint(array / scale.reshape(shape)), -127, 127).astype(np.int8)
        name = tensor.name
        tensors += [
            numpy_helper.from_array(steps, name + "_quantized"),
            numpy_helper.from_array(scale, name + "_scale"),
            numpy_helper.from_array(np.zeros(len(scale), np.int8), name + "_zero_point"),
        ]
        nodes.append(helper.make_node(
            "DequantizeLinear", [name + "_quantized", name + "_scale", name + "_zero_point"], [name],
            name=name + "_DequantizeLinear", axis=axis))
    graph = nodes + list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(tensors)
    model.graph.node.extend(graph)
    return model


# ---------------------------------------------------------------- edits


def edited(model):
    """Another graph around the same weights: an output more, documentation, metadata."""
    model = copy.deepcopy(model)
    model.graph.node.append(helper.make_node("Softmax", ["output"], ["probabilities"], name="added_softmax", axis=1))
    model.graph.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", "classes"]))
    model.graph.doc_string = "answers with probabilities too"
    helper.set_model_props(model, {"version": "2.0.0", "owner": "quality"})
    return model


def reordered(model, seed):
    """The same initialisers in another order."""
    model = copy.deepcopy(model)
    order = np.random.default_rng(seed).permutation(len(model.graph.initializer))
    tensors = [model.graph.initializer[i] for i in order]
    del model.graph.initializer[:]
    model.graph.initializer.extend(tensors)
    return model


def renamed(model):
    """Every initialiser under another name, as another version of an exporter would have it."""
    model = copy.deepcopy(model)
    names = {t.name: f"weights/{i}" for i, t in enumerate(model.graph.initializer)}
    for tensor in model.graph.initializer:
        tensor.name = names[tensor.name]
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = names.get(name, name)
    return model


def transposed(model):
    """Dense weights stored the other way round."""
    model = copy.deepcopy(model)
    turned = {}
    for node in model.graph.node:
        if node.op_type == "Gemm":
            for attribute in node.attribute:
                if attribute.name == "transB":
                    attribute.i = 1 - attribute.i
            turned[node.input[1]] = True
    for i, tensor in enumerate(model.graph.initializer):
        if tensor.name in turned:
            array = np.ascontiguousarray(numpy_helper.to_array(tensor).T)
            model.graph.initializer[i].CopyFrom(numpy_helper.from_array(array, tensor.name))
    return model


def safetensors(network, kind=torch.float32):
    """The network's state as a safetensors file."""
    header, content, at = {"__metadata__": {"format": "pt"}}, [], 0
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}
    for name, tensor in sorted(network.state_dict().items()):
        if not tensor.is_floating_point():
            continue
        value = tensor.detach().to(kind).contiguous()
        raw = (value.view(torch.int16) if kind == torch.bfloat16 else value).numpy().tobytes()
        header[name] = {"dtype": names[kind], "shape": list(tensor.shape), "data_offsets": [at, at + len(raw)]}
        content.append(raw)
        at += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(content)
