// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The JSON in front of a safetensors file: names, types, shapes, places. */
final class SafetensorsHeader {
  /** The format itself allows 100 MB; a header of a real model has some tens of kilobytes. */
  private static final int MAX_BYTES = 16 << 20;

  private static final String METADATA = "__metadata__";

  private static final Map<String, ElementType> TYPES =
      Map.ofEntries(
          entry("BOOL", ElementType.BOOL),
          entry("U8", ElementType.UINT8),
          entry("I8", ElementType.INT8),
          entry("F8_E4M3", ElementType.FLOAT8E4M3FN),
          entry("F8_E5M2", ElementType.FLOAT8E5M2),
          entry("I16", ElementType.INT16),
          entry("U16", ElementType.UINT16),
          entry("F16", ElementType.FLOAT16),
          entry("BF16", ElementType.BFLOAT16),
          entry("I32", ElementType.INT32),
          entry("U32", ElementType.UINT32),
          entry("F32", ElementType.FLOAT),
          entry("F64", ElementType.DOUBLE),
          entry("I64", ElementType.INT64),
          entry("U64", ElementType.UINT64));

  private SafetensorsHeader() {}

  static List<LocatedTensor> tensors(InputStream file, long length)
      throws IOException, OnnxRefusal {
    byte[] prefix = file.readNBytes(Long.BYTES);
    if (prefix.length < Long.BYTES) {
      throw new OnnxRefusal(Reason.TRUNCATED, "safetensors: no header");
    }
    long size = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (size < 2 || size > length - Long.BYTES) {
      throw new OnnxRefusal(Reason.MALFORMED, "safetensors: a header of " + size + " bytes");
    }
    if (size > MAX_BYTES) {
      throw new OnnxRefusal(Reason.TOO_LARGE, "safetensors: a header of more than " + MAX_BYTES);
    }
    byte[] header = file.readNBytes((int) size);
    if (header.length < size) {
      throw new OnnxRefusal(Reason.TRUNCATED, "safetensors: the header ends early");
    }
    return tensors(parse(header), Long.BYTES + size, length);
  }

  private static JsonNode parse(byte[] header) throws OnnxRefusal {
    try {
      return StrictJson.read(header, MAX_BYTES, "safetensors header").tree();
    } catch (Malformed notJson) {
      throw new OnnxRefusal(Reason.MALFORMED, notJson.getMessage(), notJson);
    }
  }

  private static List<LocatedTensor> tensors(JsonNode header, long start, long length)
      throws OnnxRefusal {
    List<LocatedTensor> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> one : header.properties()) {
      if (!one.getKey().equals(METADATA)) {
        if (found.size() == TensorMap.MAX_TENSORS) {
          throw new OnnxRefusal(Reason.TOO_LARGE, "safetensors: too many tensors");
        }
        found.add(tensor(one.getKey(), one.getValue(), start, length));
      }
    }
    return found;
  }

  private static LocatedTensor tensor(String name, JsonNode json, long start, long length)
      throws OnnxRefusal {
    ElementType type = TYPES.get(json.path("dtype").asText());
    JsonNode offsets = json.path("data_offsets");
    if (type == null || !json.path("shape").isArray() || offsets.size() != 2) {
      throw new OnnxRefusal(
          Reason.UNSUPPORTED, "safetensors: tensor '" + name + "' is of no known kind");
    }
    long from = number(offsets.path(0), name);
    long to = number(offsets.path(1), name);
    if (from > to || to > length - start) {
      throw new OnnxRefusal(
          Reason.INCONSISTENT, "safetensors: tensor '" + name + "' is not within the file");
    }
    List<Long> dimensions = new ArrayList<>();
    for (JsonNode dimension : json.path("shape")) {
      dimensions.add(number(dimension, name));
    }
    try {
      return new LocatedTensor(name, type, new Shape(dimensions), "", start + from, to - from);
    } catch (IllegalArgumentException | ArithmeticException mismatch) {
      throw new OnnxRefusal(
          Reason.INCONSISTENT, "tensor '" + name + "': " + mismatch.getMessage(), mismatch);
    }
  }

  private static long number(JsonNode node, String name) throws OnnxRefusal {
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
      throw new OnnxRefusal(
          Reason.MALFORMED, "safetensors: tensor '" + name + "': a number is none");
    }
    return node.asLong();
  }
}
