// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.ShortFloats;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Puts the JSON value under the parser into a tensor, exactly or not at all. */
@FunctionalInterface
interface ElementReader {
  void read(JsonParser json, ByteBuffer target) throws IOException, InferenceRefusal;

  /** The reader for a type of fixed width. */
  static ElementReader of(Datatype datatype) {
    return switch (datatype) {
      case FP32 -> (json, target) -> target.putFloat(single(json));
      case FP64 -> (json, target) -> target.putDouble(real(json));
      case FP16 -> (json, target) -> target.putShort(half(json));
      case BF16 -> (json, target) -> target.putShort(ShortFloats.toBrain(single(json)));
      case BOOL -> (json, target) -> target.put((byte) (Json.flag(json, "a BOOL") ? 1 : 0));
      case INT8 -> (json, target) -> target.put((byte) whole(json, Byte.MIN_VALUE, 0x7f));
      case UINT8 -> (json, target) -> target.put((byte) whole(json, 0, 0xff));
      case INT16 -> (json, target) -> target.putShort((short) whole(json, Short.MIN_VALUE, 0x7fff));
      case UINT16 -> (json, target) -> target.putShort((short) whole(json, 0, 0xffff));
      case INT32 ->
          (json, target) -> target.putInt((int) whole(json, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case UINT32 -> (json, target) -> target.putInt((int) whole(json, 0, 0xffff_ffffL));
      case INT64 -> (json, target) -> target.putLong(whole(json, Long.MIN_VALUE, Long.MAX_VALUE));
      case UINT64 -> (json, target) -> target.putLong(unsigned(json));
      case BYTES -> throw new IllegalStateException("texts have no fixed width");
    };
  }

  private static float single(JsonParser json) throws IOException, InferenceRefusal {
    if (!json.currentToken().isNumeric()) {
      return (float) special(json);
    }
    float value = json.getFloatValue();
    if (Float.isInfinite(value)) {
      throw outOfRange();
    }
    return value;
  }

  private static double real(JsonParser json) throws IOException, InferenceRefusal {
    if (!json.currentToken().isNumeric()) {
      return special(json);
    }
    double value = json.getDoubleValue();
    if (Double.isInfinite(value)) {
      throw outOfRange();
    }
    return value;
  }

  private static short half(JsonParser json) throws IOException, InferenceRefusal {
    float value = single(json);
    short half = ShortFloats.toHalf(value);
    if (Float.isFinite(value) && Float.isInfinite(ShortFloats.ofHalf(half))) {
      throw outOfRange();
    }
    return half;
  }

  /** What JSON has no numbers for. */
  private static double special(JsonParser json) throws IOException, InferenceRefusal {
    return switch (Json.text(json, "a number")) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw Json.malformed("a text stands where a number should");
    };
  }

  private static long whole(JsonParser json, long least, long greatest)
      throws IOException, InferenceRefusal {
    long value = Json.whole(json, "a whole number");
    if (value < least || value > greatest) {
      throw outOfRange();
    }
    return value;
  }

  private static long unsigned(JsonParser json) throws IOException, InferenceRefusal {
    Json.expect(json, JsonToken.VALUE_NUMBER_INT, "a whole number");
    BigInteger value = json.getBigIntegerValue();
    if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
      throw outOfRange();
    }
    return value.longValue();
  }

  private static InferenceRefusal outOfRange() {
    return Json.malformed("a number does not fit its datatype");
  }
}
