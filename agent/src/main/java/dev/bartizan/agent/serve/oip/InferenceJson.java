// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.bartizan.agent.serve.Inference;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.ShortFloats;
import dev.bartizan.updater.engine.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code $inference_response} of an inference that gave numbers, piece by piece: the next one is
 * written when it is asked for, so that the whole is nowhere.
 */
final class InferenceJson implements Iterator<ByteBuffer> {
  /** One piece that is sent, one that is written, and what the generator holds back. */
  private static final long MEMORY = 128 << 10;

  private static final int PIECE = 32 << 10;

  private static final long SMALLEST = 2 << 10;
  private static final long LONGEST_NUMBER = 28;

  /** Elements between two looks at how much there is. */
  private static final int STRIDE = 256;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(PIECE);
  private final JsonGenerator json;
  private final Iterator<Map.Entry<String, Tensor>> outputs;
  private @Nullable Datatype datatype;
  private ByteBuffer content = ByteBuffer.allocate(0);
  private boolean isWhole;

  InferenceJson(Optional<String> id, Inference inference) {
    this.outputs = inference.outputs().entrySet().iterator();
    try {
      this.json = Json.FACTORY.createGenerator(out);
      begin(json, id, inference);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** What it takes at the most, beside the tensors. */
  static long memory(Inference inference) {
    long elements =
        inference.outputs().values().stream().mapToLong(it -> it.shape().elements()).sum();
    return Math.min(MEMORY, SMALLEST + LONGEST_NUMBER * Math.min(MEMORY, elements));
  }

  /** With the piece that has been taken already. */
  Iterator<ByteBuffer> after(ByteBuffer first) {
    Iterator<ByteBuffer> taken = List.of(first).iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return taken.hasNext() || InferenceJson.this.hasNext();
      }

      @Override
      public ByteBuffer next() {
        return taken.hasNext() ? taken.next() : InferenceJson.this.next();
      }
    };
  }

  @Override
  public boolean hasNext() {
    return !isWhole;
  }

  @Override
  public ByteBuffer next() {
    if (isWhole) {
      throw new NoSuchElementException("all of it was written");
    }
    try {
      while (!isWhole && out.size() < PIECE) {
        goOn();
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    ByteBuffer piece = ByteBuffer.wrap(out.toByteArray());
    out.reset();
    return piece;
  }

  private void goOn() throws IOException {
    if (datatype != null && content.hasRemaining()) {
      for (int i = 0; i < STRIDE && content.hasRemaining(); i++) {
        element(json, datatype, content);
      }
    } else if (datatype != null) {
      json.writeEndArray();
      json.writeEndObject();
      datatype = null;
    } else if (outputs.hasNext()) {
      Map.Entry<String, Tensor> output = outputs.next();
      beginOutput(json, output.getKey(), output.getValue());
      json.writeArrayFieldStart("data");
      content = ((Tensor.Numbers) output.getValue()).content();
      datatype = output.getValue().type();
    } else {
      json.writeEndArray();
      json.writeEndObject();
      json.close();
      isWhole = true;
    }
  }

  /** As far as the outputs. */
  static void begin(JsonGenerator json, Optional<String> id, Inference inference)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("model_name", inference.model());
    json.writeStringField("model_version", inference.version());
    if (id.isPresent()) {
      json.writeStringField("id", id.get());
    }
    json.writeArrayFieldStart("outputs");
  }

  /** As far as the values of one output. */
  static void beginOutput(JsonGenerator json, String name, Tensor tensor) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("datatype", tensor.type().name());
    dimensions(json, tensor.shape().dimensions());
  }

  static void dimensions(JsonGenerator json, List<Long> dimensions) throws IOException {
    json.writeArrayFieldStart("shape");
    for (long dimension : dimensions) {
      json.writeNumber(dimension);
    }
    json.writeEndArray();
  }

  static void element(JsonGenerator json, Datatype datatype, ByteBuffer content)
      throws IOException {
    switch (datatype) {
      case FP32 -> json.writeNumber(content.getFloat());
      case FP64 -> json.writeNumber(content.getDouble());
      case FP16 -> json.writeNumber(ShortFloats.ofHalf(content.getShort()));
      case BF16 -> json.writeNumber(ShortFloats.ofBrain(content.getShort()));
      case BOOL -> json.writeBoolean(content.get() != 0);
      case INT8 -> json.writeNumber(content.get());
      case UINT8 -> json.writeNumber(content.get() & 0xff);
      case INT16 -> json.writeNumber(content.getShort());
      case UINT16 -> json.writeNumber(content.getShort() & 0xffff);
      case INT32 -> json.writeNumber(content.getInt());
      case UINT32 -> json.writeNumber(content.getInt() & 0xffff_ffffL);
      case INT64 -> json.writeNumber(content.getLong());
      case UINT64 -> json.writeNumber(Long.toUnsignedString(content.getLong()));
      case BYTES -> throw new IllegalStateException("texts are no numbers");
    }
  }
}
