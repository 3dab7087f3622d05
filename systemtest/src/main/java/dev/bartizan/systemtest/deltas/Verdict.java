// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.systemtest.deltas.Outcome.Result;
import java.util.Locale;

/**
 * Whether our size for a pair is as small as it has to be, by the pair's kind.
 *
 * @param asked in words
 * @param ratio ours over the peer it is compared with
 * @param peer the one compared with
 */
record Verdict(boolean holds, String asked, double ratio, String peer) {
  /** A container, digests and all: what a difference may cost beyond the best one. */
  private static final int ENVELOPE = 256;

  /** What is asked of pairs of this kind. */
  static Verdict onKind(Outcome outcome) {
    return switch (outcome.pair().kind()) {
      case SMALL -> atMost(0.92, outcome, outcome.bestOfTensors(), "the best tensor-aware peer");
      case FAR -> atMost(0.97, outcome, outcome.bestOfTensors(), "the best tensor-aware peer");
      case DERIVED -> atMost(0.25, outcome, outcome.bestPeer(), "any peer");
      case PRUNED -> atMost(0.60, outcome, outcome.bestPeer(), "any peer");
      case SCRATCH -> atMost(1.00, outcome, alone(outcome), "coding the weights alone");
      case SAME -> withinEnvelope(1.00, outcome, outcome.bestOfBytes(), "the best byte tool");
      case ANY -> onAny(outcome);
    };
  }

  /** What is asked of every pair. */
  static Verdict onAny(Outcome outcome) {
    return withinEnvelope(1.01, outcome, outcome.bestPeer(), "the best peer");
  }

  private static Result alone(Outcome outcome) {
    Result alone = outcome.results().get(Peers.ALONE);
    if (alone == null) {
      throw new IllegalStateException("everybody takes models");
    }
    return alone;
  }

  private static Verdict atMost(double factor, Outcome outcome, Result peer, String whom) {
    long ours = outcome.ours().bytes();
    return new Verdict(
        ours <= factor * peer.bytes(),
        String.format(Locale.ROOT, "at most %.2f of %s", factor, whom),
        (double) ours / peer.bytes(),
        peer.name());
  }

  private static Verdict withinEnvelope(double factor, Outcome outcome, Result peer, String whom) {
    long ours = outcome.ours().bytes();
    return new Verdict(
        ours <= factor * peer.bytes() + ENVELOPE,
        String.format(Locale.ROOT, "at most %.2f of %s and %d bytes", factor, whom, ENVELOPE),
        (double) ours / Math.max(1, peer.bytes()),
        peer.name());
  }
}
