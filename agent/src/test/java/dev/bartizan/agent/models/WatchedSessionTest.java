// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.agent.schedule.Health;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.updater.engine.Allowance;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.engine.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An engine that never comes back is a part that hangs, and one that refuses is none. */
class WatchedSessionTest {
  private final Health health = new Health(Part.MODELS, this::now);
  private final List<Optional<String>> seen = new ArrayList<>();
  private long now;
  private boolean isRefusing;

  private long now() {
    return now;
  }

  /** Takes a second longer than any application waits. */
  private final class SlowSession implements Session {
    @Override
    public Map<String, TensorSpec> inputs() {
      return Map.of();
    }

    @Override
    public Map<String, TensorSpec> outputs() {
      return Map.of();
    }

    @Override
    public Map<String, Tensor> infer(
        Map<String, Tensor> given, Set<String> wanted, Allowance allowance) throws RunRefusal {
      now += WatchedSession.DEADLINE.toNanos();
      seen.add(health.stuck());
      now += 1_000_000_000;
      seen.add(health.stuck());
      if (isRefusing) {
        throw new RunRefusal(RunRefusal.Reason.MODEL_FAILED, "it failed");
      }
      return Map.of();
    }

    @Override
    public void close() {}
  }

  private Session session() {
    return new WatchedSession(new SlowSession(), health, "defect 1.0.0");
  }

  @Test
  void aRunBeyondItsDeadlineIsNamedAndOneThatHasEndedIsForgotten() throws Exception {
    session().infer(Map.of(), Set.of());
    assertEquals(
        List.of(
            Optional.empty(),
            Optional.of("an inference on defect 1.0.0 shows no progress for 601 s")),
        seen);
    assertEquals(Health.GOOD, health.text());
  }

  @Test
  void aRunThatFailsHasEndedToo() {
    isRefusing = true;
    assertThrows(RunRefusal.class, () -> session().infer(Map.of(), Set.of()));
    now += 3 * WatchedSession.DEADLINE.toNanos();
    assertEquals(Health.GOOD, health.text());
  }
}
