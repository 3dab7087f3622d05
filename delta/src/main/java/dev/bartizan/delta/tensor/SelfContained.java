// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import dev.bartizan.delta.tensor.WireReader.WireType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Insists that a model is all in its own bytes. A runtime opens what a tensor calls its external
 * data, or a node its compiled context, wherever it happens to run: nobody signed that.
 *
 * <p>Every path on which onnx.proto has a tensor is walked, whether it is used or not: initialisers
 * of the graph, of subgraphs, functions and training graphs, both halves of sparse tensors, and
 * attributes. A quantisation annotation names tensors that are one of these. What is written twice
 * counts as the worse of the two, since a protocol buffer's last word wins.
 */
public final class SelfContained {
  /** ONNX Runtime's own format says so behind the first four bytes; its data can be elsewhere. */
  private static final byte[] ORT_FORMAT = "ORTM".getBytes(StandardCharsets.US_ASCII);

  private static final int ORT_FORMAT_AT = 4;

  /** A node whose work was compiled ahead, into bytes that usually are in another file. */
  private static final String COMPILED = "EPContext";

  private static final int TEXT_MAX = 200;
  private static final int NODE_OPERATOR = 4;
  private static final int TENSOR_NAME = 8;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  private SelfContained() {}

  /**
   * Walks a model, holding none of it.
   *
   * @param model read as a stream, skipping over content; not closed
   * @param length the model's bytes
   * @throws OnnxRefusal EXTERNAL naming the tensor or node and the file, or because this is no ONNX
   *     that can be walked
   */
  public static void require(InputStream model, long length) throws IOException, OnnxRefusal {
    walk(OnnxMessage.MODEL, WireReader.of(model, length));
  }

  /** Whether these first bytes are of a model in ONNX Runtime's own format. */
  public static boolean isOrtFormat(byte[] start) {
    for (int i = 0; i < ORT_FORMAT.length; i++) {
      int at = ORT_FORMAT_AT + i;
      if (at >= start.length || start[at] != ORT_FORMAT[i]) {
        return false;
      }
    }
    return true;
  }

  private static void walk(OnnxMessage kind, WireReader message) throws IOException, OnnxRefusal {
    if (kind == OnnxMessage.TENSOR) {
      requireInside(message);
      return;
    }
    while (message.next()) {
      boolean delimited = message.type() == WireType.LENGTH_DELIMITED;
      Optional<OnnxMessage> inner = kind.inner(message.field());
      if (delimited && inner.isPresent()) {
        walk(inner.get(), message.message());
      } else if (delimited && kind == OnnxMessage.NODE && message.field() == NODE_OPERATOR) {
        requireNotCompiled(message);
      }
    }
  }

  private static void requireNotCompiled(WireReader operator) throws IOException, OnnxRefusal {
    if (text(operator).equals(COMPILED)) {
      throw new OnnxRefusal(
          Reason.EXTERNAL, "a node is " + COMPILED + ": what it runs is not in the model");
    }
  }

  private static void requireInside(WireReader tensor) throws IOException, OnnxRefusal {
    String name = "";
    String file = "";
    boolean outside = false;
    while (tensor.next()) {
      boolean delimited = tensor.type() == WireType.LENGTH_DELIMITED;
      if (tensor.field() == DATA_LOCATION) {
        // In whatever way it is written: a value that is nothing known is not "inside" either.
        outside |= delimited || tensor.type() != WireType.VARINT || tensor.varint() != 0;
      } else if (delimited && tensor.field() == TENSOR_NAME) {
        name = text(tensor);
      } else if (delimited && tensor.field() == EXTERNAL_DATA && file.isEmpty()) {
        file = location(tensor.message());
      }
    }
    if (outside) {
      throw new OnnxRefusal(
          Reason.EXTERNAL,
          "the data of tensor '" + name + "' is not in the model but in the file '" + file + "'");
    }
  }

  private static String location(WireReader entry) throws IOException, OnnxRefusal {
    String key = "";
    String value = "";
    while (entry.next()) {
      if (entry.type() == WireType.LENGTH_DELIMITED && entry.field() == KEY) {
        key = text(entry);
      } else if (entry.type() == WireType.LENGTH_DELIMITED && entry.field() == VALUE) {
        value = text(entry);
      }
    }
    return key.equals("location") ? value : "";
  }

  /** For a message, or to compare: longer is not worth the memory, and never what is looked for. */
  private static String text(WireReader value) throws IOException, OnnxRefusal {
    return value.valueLength() > TEXT_MAX
        ? "..."
        : new String(value.bytes(TEXT_MAX), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
  }
}
