// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.protocol.release.SilenceRule;
import dev.bartizan.protocol.release.SilenceRule.Reaction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole device that nobody answers, while its policy becomes a stricter one and a milder one. */
class SilentVerifierTest {
  private static final SilenceRule STOP = new SilenceRule(Reaction.STOP_SERVING, 3, Duration.ZERO);

  private static final Set<String> MODELS = Set.copyOf(SimulatedFleet.MODELS);

  @TempDir private Path home;

  @Test
  void whatServesIsRetiredByASignedPolicyStaysSoAcrossARestartAndServesAgainByAnother()
      throws Exception {
    Ground ground = Ground.in(home);
    SimulatedFleet fleet = new SimulatedFleet(ground, 0);
    SimulatedWorld world =
        new SimulatedWorld(ground, fleet.editions().get(0), ground.enrolled().copy(), 0);
    Daemon daemon = started(world);
    turns(world, daemon, 60);
    assertTrue(serves(daemon), "as any device does");

    world.served = fleet.inSilence(STOP);
    turns(world, daemon, 60);
    refuses(daemon);
    assertTrue(
        daemon.status().document().path("alarms").path("attestation").asText().contains("serves"),
        "said to whoever looks");
    daemon.close();

    Daemon again = started(world);
    turns(world, again, 20);
    refuses(again);

    world.served = fleet.inSilence(new SilenceRule(Reaction.GO_ON, 3, Duration.ZERO));
    turns(world, again, 60);
    assertTrue(serves(again), again.status().document().toString());
    assertFalse(again.status().document().path("alarms").has("attestation"));
    again.close();
  }

  private static Daemon started(SimulatedWorld world) throws Exception {
    Daemon daemon = new Daemon(world.config(), world);
    daemon.agent().start();
    return daemon;
  }

  private static void turns(SimulatedWorld world, Daemon daemon, int count) throws Exception {
    for (int turn = 0; turn < count; turn++) {
      world.pass(daemon.agent().takeTurn().plus(Duration.ofMinutes(2)));
    }
  }

  private static boolean serves(Daemon daemon) {
    return daemon.models().service().isReady();
  }

  private static void refuses(Daemon daemon) {
    assertFalse(serves(daemon));
    for (String model : MODELS) {
      InferenceRefusal refusal =
          assertThrows(
              InferenceRefusal.class,
              () -> daemon.models().service().infer(model, Optional.empty(), Map.of(), Set.of()));
      assertEquals(InferenceRefusal.Reason.REPORTS_UNANSWERED, refusal.reason());
    }
  }
}
