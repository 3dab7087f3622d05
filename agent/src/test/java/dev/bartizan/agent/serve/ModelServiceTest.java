// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.updater.engine.Allowance;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.golden.Samples;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ModelServiceTest {
  private static final Map<String, Tensor> ROW =
      Map.of("x", Samples.floats(Shape.of(1, 4), 1, 2, 3, 4));

  /** Every look at the clock takes a millisecond. */
  private final AtomicLong clock = new AtomicLong();

  private final ModelService service =
      new ModelService(() -> Set.of("defect"), () -> clock.addAndGet(1_000_000));

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void anExpectedModelIsNotReadyBeforeItServesAndAnotherIsUnknown() {
    assertFalse(service.isReady());
    assertEquals(Reason.NOT_READY, refusal("defect", Optional.empty(), ROW).reason());
    assertEquals(Reason.UNKNOWN_MODEL, refusal("cat", Optional.empty(), ROW).reason());
  }

  @Test
  void whileTheVerifierIsSilentWhatServedIsRefusedForThatReasonAndServesAgainAfterIt()
      throws Exception {
    service.activate("defect", "1.0.0", Samples.scale(1));
    service.withhold("the verifier has not answered 3 reports");
    assertFalse(service.isReady());
    InferenceRefusal refusal = refusal("defect", Optional.empty(), ROW);
    assertEquals(Reason.REPORTS_UNANSWERED, refusal.reason());
    assertTrue(String.valueOf(refusal.getMessage()).contains("3 reports"));
    assertEquals(Reason.UNKNOWN_MODEL, refusal("cat", Optional.empty(), ROW).reason());
    service.release();
    assertEquals(Reason.NOT_READY, refusal("defect", Optional.empty(), ROW).reason());
    service.activate("defect", "1.0.0", Samples.scale(1));
    assertEquals("1.0.0", service.infer("defect", Optional.empty(), ROW, Set.of()).version());
  }

  @Test
  void theNewVersionAnswersFromTheMomentItIsActivated() throws Exception {
    service.activate("defect", "1.0.0", Samples.scale(1));
    assertTrue(service.isReady());
    service.activate("defect", "1.1.0", Samples.scale(2));
    Inference inference = service.infer("defect", Optional.empty(), ROW, Set.of());
    assertEquals("1.1.0", inference.version());
    assertArrayEquals(new float[] {2, 4, 6, 8}, Samples.floats(inference.outputs(), "y"));
    assertEquals(Reason.UNKNOWN_VERSION, refusal("defect", Optional.of("1.0.0"), ROW).reason());
  }

  @Test
  void aRequestThatFoundTheOldVersionIsAnsweredByItAndThenItCloses() throws Exception {
    SessionLease old = new SessionLease("defect", "1.0.0", Samples.scale(1).model(), () -> 0);
    assertTrue(old.hold());
    old.letGo(); // the service's own hold: what a swap does
    assertTrue(old.hold(), "a request is under way, so another may still join");
    old.letGo();
    assertArrayEquals(
        new float[] {1, 2, 3, 4},
        Samples.floats(old.infer(ROW, Set.of(), Allowance.UNLIMITED), "y"));
    old.letGo();
    assertFalse(old.hold());
    assertThrows(IllegalStateException.class, () -> old.infer(ROW, Set.of(), Allowance.UNLIMITED));
  }

  @Test
  void onlyTheModelsOwnFailuresCountAgainstIt() throws Exception {
    service.activate("defect", "1.0.0", Samples.untried("picky"));
    service.infer("defect", Optional.empty(), row(1), Set.of());
    service.infer("defect", Optional.empty(), row(2), Set.of());
    refusal("defect", Optional.empty(), row(9));
    refusal("defect", Optional.empty(), ROW);
    refusal("defect", Optional.empty(), Map.of());
    ServingStatistics seen =
        service.activate("defect", "1.1.0", Samples.untried("picky")).orElseThrow();
    assertEquals("1.0.0", seen.version());
    assertEquals(2, seen.answered());
    assertEquals(1, seen.failed());
    assertEquals(2, seen.refused());
    assertEquals(Duration.ofMillis(1), seen.latency().longest());
    assertEquals(0, service.observe().get(0).answered());
  }

  @Test
  void aRetiredModelIsNotReady() throws Exception {
    service.activate("defect", "1.0.0", Samples.scale(1));
    assertTrue(service.retire("defect").isPresent());
    assertFalse(service.isReady());
    assertEquals(Optional.empty(), service.retire("defect"));
  }

  @Test
  void quantilesAreRoundedUpByASixteenthAtMost() {
    Random random = new Random(1);
    Histogram histogram = new Histogram();
    long[] values = new long[10_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) Math.pow(10, random.nextDouble() * 10);
      histogram.record(values[i]);
    }
    Arrays.sort(values);
    Latency latency = histogram.latency();
    assertWithinASixteenth(values[5_000], latency.median());
    assertWithinASixteenth(values[9_000], latency.p90());
    assertWithinASixteenth(values[9_900], latency.p99());
    assertEquals(values[10_000], latency.longest().toNanos());
  }

  @Test
  void aHistogramTakesAnyDuration() {
    Histogram histogram = new Histogram();
    assertEquals(Duration.ZERO, histogram.latency().p99());
    histogram.record(-5);
    histogram.record(Long.MAX_VALUE);
    assertEquals(Duration.ZERO, histogram.latency().median());
    assertEquals(Long.MAX_VALUE, histogram.latency().p99().toNanos());
  }

  private static void assertWithinASixteenth(long exact, Duration quantile) {
    long given = quantile.toNanos();
    assertTrue(exact <= given && given <= exact + exact / 16 + 1, exact + " and " + given);
  }

  private static Map<String, Tensor> row(long index) {
    return Map.of("i", Samples.longs(Shape.of(1), index));
  }

  private InferenceRefusal refusal(
      String model, Optional<String> version, Map<String, Tensor> inputs) {
    return assertThrows(
        InferenceRefusal.class, () -> service.infer(model, version, inputs, Set.of()));
  }
}
