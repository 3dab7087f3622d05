// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.agent.serve.http.MemoryShare;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Collects the texts of a tensor: far more costly than their bytes, here and in the runtime. */
final class TextElements {
  /** An object here, a string there, and what leads to them, whatever their length. */
  private static final int COST = 112;

  /** Sixteen bits here while it is read and kept, and the bytes there. */
  private static final int COST_OF_CHARACTER = 5;

  private final Shape shape;
  private final MemoryShare memory;
  private final List<String> texts;

  /** Reserves for as many as the shape says, before there are any. */
  TextElements(Shape shape, MemoryShare memory) throws CallRefusal {
    this.shape = shape;
    this.memory = memory;
    if (shape.elements() > memory.limit() / COST) {
      throw CallRefusal.tooLarge(memory.limit());
    }
    memory.reserve(shape.elements() * COST);
    this.texts = new ArrayList<>((int) shape.elements());
  }

  void add(String text) throws CallRefusal {
    memory.reserve((long) text.length() * COST_OF_CHARACTER);
    texts.add(text);
  }

  void add(byte[] utf8) throws CallRefusal, InferenceRefusal {
    memory.reserve((long) utf8.length * COST_OF_CHARACTER);
    try {
      texts.add(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
    } catch (CharacterCodingException notText) {
      throw new InferenceRefusal(Reason.MALFORMED, "a text is not UTF-8", notText);
    }
  }

  Tensor tensor() throws InferenceRefusal {
    if (texts.size() != shape.elements()) {
      throw new InferenceRefusal(
          Reason.WRONG_SHAPE, texts.size() + " texts do not fill shape " + shape);
    }
    return new Tensor.Texts(shape, texts);
  }
}
