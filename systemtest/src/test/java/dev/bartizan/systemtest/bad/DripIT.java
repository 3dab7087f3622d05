// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whoever answers slowly, and needs no key for it, ends nothing: the daemon beats, serves and obeys
 * under a service manager that kills what does not beat, and no version is given up for it.
 *
 * <p>A few requests in the ordinary run; {@link DripEverywhereIT} has each of them.
 */
class DripIT extends Dripped {
  @ParameterizedTest
  @EnumSource(names = {"TIMESTAMP", "ARTIFACT"})
  void aRequestThatIsDrippedHoldsUpNothingElse(Request request) throws Exception {
    // Slow retrieval: a byte in ten seconds stops a loop that asks, reads and beats in turn.
    holdsUpNothingElse(request);
  }

  @Test
  void aBrokerThatDripsItsHandshakeHoldsUpNothing() throws Exception {
    lab().broker().stop();
    try (DripServer broker = new DripServer(lab().brokerPort(), home(), path -> true, perByte())) {
      await("a handshake", () -> broker.dripped() > 0);
      int beats = beats();
      assertServes("1.0.0");
      assertTrue(device().status().path("models").size() > 0);
      awaitBeats(beats + 2);
    }
    lab().broker().restart();
    awaitNoProblem("broker");
  }
}
