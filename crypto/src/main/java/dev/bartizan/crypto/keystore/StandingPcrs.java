// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.tpm.TpmException;
import dev.bartizan.crypto.tpm.TpmFailure;
import dev.bartizan.crypto.tpm.TpmRefusal;
import java.io.IOException;

/**
 * A policy about PCRs is fulfilled in one command and used in another, and any extension of a boot
 * PCR in between, by whomever and of whichever PCR, makes the TPM refuse the use. It has done
 * nothing then, so all of it is done again: the kernel and systemd measure while we work.
 */
final class StandingPcrs {
  /** Whoever extends PCRs more often than this, between two commands each time, means to. */
  private static final int MAX_TRIES = 16;

  private StandingPcrs() {}

  /** A policy session from its start to the command that it authorises. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException, KeystoreRefusal, TpmRefusal;
  }

  /**
   * Does {@code work} until no PCR changed under it.
   *
   * @throws TpmException {@link TpmFailure#POLICY_PCR} when that never happens
   */
  static <T> T during(Work<T> work) throws IOException, KeystoreRefusal, TpmRefusal {
    for (int tries = 1; ; tries++) {
      try {
        return work.run();
      } catch (TpmException failed) {
        if (failed.failure() != TpmFailure.POLICY_PCR || tries == MAX_TRIES) {
          throw failed;
        }
      }
    }
  }
}
