// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.agent.enrol.Enrolment;
import dev.bartizan.agent.enrol.EnrolmentService;
import dev.bartizan.agent.enrol.GrantCheck;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import java.io.IOException;
import java.util.Optional;

/**
 * New identity and unwrap keys, and the certificates for them. The keys in use stay in use until
 * somebody stores those certificates: a power cut before that leaves everything as it was.
 */
public final class KeyRotation {
  /** Makes the keys that are to follow, or finds those that were made and not used yet. */
  @FunctionalInterface
  public interface NextKeys {
    /**
     * @throws Refusal NOT_SUPPORTED by a keystore whose keys are its name
     */
    DeviceKeystore make() throws IOException, Refusal;
  }

  private final NextKeys keys;
  private final EnrolmentService server;
  private final GrantCheck check;

  public KeyRotation(NextKeys keys, EnrolmentService server, GrantCheck check) {
    this.keys = keys;
    this.server = server;
    this.check = check;
  }

  /** Waits for chip and server. */
  public Credentials run() throws IOException, Refusal {
    DeviceKeystore next = keys.make();
    return Credentials.of(new Enrolment(next, server, check).enrol(Optional.empty()));
  }
}
