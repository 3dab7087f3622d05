// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.credential.RevocationList;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.time.Instant;

/**
 * Makes the broker know of a revocation. In this order: the list first, so that who is thrown out
 * does not come back.
 */
public final class Expulsion {
  private final SharedDirectory directory;
  private final DeviceRegistry registry;
  private final CertificateAuthority authority;

  public Expulsion(
      SharedDirectory directory, DeviceRegistry registry, CertificateAuthority authority) {
    this.directory = directory;
    this.registry = registry;
    this.authority = authority;
  }

  /**
   * Keeps {@code device} out and ends its session. It is revoked in the registry already.
   *
   * @param clientId unique at the broker
   * @throws IOException when the broker could not be made to; the list is written all the same, and
   *     this can be done again
   */
  public void expel(Ueid device, String clientId, Instant now) throws IOException, Refusal {
    new RevocationList(directory, registry).write(authority, now);
    try {
      new LocalBroker(directory).reload();
      endSession(device, clientId);
    } catch (IOException notTold) {
      throw new IOException(
          device
              + " is revoked, but the broker does not know yet: "
              + notTold.getMessage()
              + "; a broker elsewhere needs a copy of "
              + directory.path(RevocationList.FILE)
              + " and a SIGHUP, then revoke again with --broker-told",
          notTold);
    }
  }

  /** The second half alone, for a broker that has the list. */
  public void endSession(Ueid device, String clientId) throws IOException, Refusal {
    FleetSettings settings = FleetSettings.load(directory);
    try (OperatorLine line =
        OperatorLine.connect(
            settings.operators(),
            Credentials.load(directory, Credentials.OPERATOR),
            authority.certificate(),
            clientId)) {
      new BrokerControl(line).endSession(device);
    }
  }
}
