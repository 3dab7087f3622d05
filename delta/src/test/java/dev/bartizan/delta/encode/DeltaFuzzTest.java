// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.bartizan.delta.format.DeltaRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attack: a delta that was made to break its reader. In the ordinary run the seeds, beside the
 * walks of {@link DeltaRefusalTest}; with {@code JAZZER_FUZZ=1} Jazzer looks for more, guided by
 * coverage, for a minute.
 */
class DeltaFuzzTest {
  private static final byte[] BASE = model(1, "first");
  private static final byte[] RESULT = model(3, "other");

  /** One for each kind of piece: numbers with and without a base, copies, differences, literals. */
  static Stream<Arguments> payloads() throws IOException {
    byte[] cut = Arrays.copyOf(BASE, RESULT.length - 1);
    byte[] nothing = new byte[RESULT.length];
    return Stream.of(
        payload(BASE, RESULT),
        payload(new byte[0], RESULT),
        payload(BASE, BASE),
        payload(BASE, cut),
        payload(BASE, nothing),
        payload(BASE, DeltaTrial.noise(7, 3000)));
  }

  private static Arguments payload(byte[] base, byte[] result) throws IOException {
    return Arguments.of((Object) Forgery.payload(DeltaTrial.delta(base, result)));
  }

  /** Whole deltas, for the base that is there and for another. */
  static Stream<Arguments> files() throws IOException {
    return Stream.of(
        Arguments.of((Object) DeltaTrial.delta(BASE, RESULT)),
        Arguments.of((Object) DeltaTrial.delta(BASE, new byte[0])),
        Arguments.of((Object) DeltaTrial.delta(RESULT, BASE)));
  }

  @MethodSource("payloads")
  @FuzzTest(maxDuration = "60s")
  void anyPayloadGivesWhatWasPromisedOrIsRefused(byte[] payload) throws IOException {
    byte[] some = payload == null ? new byte[0] : payload;
    try {
      assertArrayEquals(RESULT, DeltaTrial.apply(BASE, Forgery.delta(BASE, RESULT, some)));
    } catch (DeltaRefusal refusal) {
      assertTrue(List.of("MALFORMED", "HASH_MISMATCH").contains(refusal.code()), refusal.code());
    }
  }

  @MethodSource("files")
  @FuzzTest(maxDuration = "60s")
  void anyFileIsADeltaOrRefused(byte[] file) throws IOException {
    try {
      DeltaTrial.apply(BASE, file == null ? new byte[0] : file, 1 << 20);
    } catch (DeltaRefusal refusal) {
      assertTrue(!refusal.code().isEmpty());
    }
  }

  private static byte[] model(int step, String name) {
    byte[] numbers = new byte[2400];
    for (int at = 0; at < numbers.length; at++) {
      numbers[at] = (byte) (at * 31 + (at % 4 == 0 ? step : 0));
    }
    return new ModelBytes()
        .with("weights", ModelBytes.FLOAT, numbers, 20, 30)
        .with("scales", ModelBytes.INT8, name.getBytes(StandardCharsets.US_ASCII), 5)
        .withNode(name)
        .build();
  }
}
