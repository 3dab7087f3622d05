// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The list of revoked certificates that the broker reads, {@code broker/revoked.pem}: made anew
 * from the registry each time, so that it says what the registry says.
 */
public final class RevocationList {
  /** In the operator's directory. */
  public static final String FILE = "broker/revoked.pem";

  private final SharedDirectory directory;
  private final DeviceRegistry registry;

  public RevocationList(SharedDirectory directory, DeviceRegistry registry) {
    this.directory = directory;
    this.registry = registry;
  }

  /** The list of a fleet that has no devices yet. */
  public static void begin(SharedDirectory directory, CertificateAuthority authority)
      throws IOException {
    write(directory, authority, List.of());
  }

  private static void write(
      SharedDirectory directory, CertificateAuthority authority, List<BigInteger> serials)
      throws IOException {
    String list = authority.revocationList(new TreeSet<>(serials));
    directory.write(FILE, list.getBytes(StandardCharsets.US_ASCII));
  }

  /** Writes it: every certificate that a device could still show that is never to come back. */
  public void write(CertificateAuthority authority, Instant now) throws IOException, Refusal {
    List<BigInteger> serials = new ArrayList<>();
    for (Device device : registry.all()) {
      if (device.state().isFinal()) {
        serials.add(device.identity().getSerialNumber());
        serials.addAll(registry.goodSerials(device.ueid(), now));
      }
    }
    write(directory, authority, serials);
  }
}
