// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.identity;

import dev.bartizan.crypto.json.Malformed;
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
 * from the inventory each time, so that it says what the inventory says.
 */
public final class RevocationList {
  /** In the operator's directory. */
  public static final String FILE = "broker/revoked.pem";

  private final SharedDirectory directory;

  public RevocationList(SharedDirectory directory) {
    this.directory = directory;
  }

  /** The list of a fleet that has no devices yet. */
  static void begin(SharedDirectory directory, CertificateAuthority authority) throws IOException {
    write(directory, authority, List.of());
  }

  private static void write(
      SharedDirectory directory, CertificateAuthority authority, List<BigInteger> serials)
      throws IOException {
    String list = authority.revocationList(new TreeSet<>(serials));
    directory.write(FILE, list.getBytes(StandardCharsets.US_ASCII));
  }

  /** Writes it: every certificate that a revoked device could still show. */
  public void write(CertificateAuthority authority, Instant now) throws IOException, Malformed {
    IssuedIdentities issued = new IssuedIdentities(directory);
    List<BigInteger> serials = new ArrayList<>();
    for (Device device : new Inventory(directory).all()) {
      if (device.state() == Device.State.REVOKED) {
        serials.add(device.identity().getSerialNumber());
        serials.addAll(issued.serials(device.ueid(), now));
      }
    }
    write(directory, authority, serials);
  }
}
