// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The list of revoked certificates that the broker reads, {@code broker/revoked.pem}: what the
 * registry says, and what the list said before, for a registry that was put back may have forgotten
 * what it had issued.
 */
public final class RevocationList {
  /** In the operator's directory. */
  public static final String FILE = "broker/revoked.pem";

  /** Longer than any identity certificate lives, and than a broker's clock may be off. */
  private static final Duration LISTED = Duration.ofDays(92);

  private static final int MAX_LENGTH = 64 << 20;

  private final SharedDirectory directory;
  private final DeviceRegistry registry;

  public RevocationList(SharedDirectory directory, DeviceRegistry registry) {
    this.directory = directory;
    this.registry = registry;
  }

  /** The list of a fleet that has no devices yet. */
  public static void begin(SharedDirectory directory, CertificateAuthority authority)
      throws IOException {
    write(directory, authority, Map.of());
  }

  private static void write(
      SharedDirectory directory, CertificateAuthority authority, Map<BigInteger, Instant> serials)
      throws IOException {
    String list = authority.revocationList(serials);
    directory.write(FILE, list.getBytes(StandardCharsets.US_ASCII));
  }

  /** Writes it: every certificate that a device could still show that is never to come back. */
  public void write(CertificateAuthority authority, Instant now) throws IOException, Refusal {
    Map<BigInteger, Instant> serials = listed(now);
    for (Device device : registry.all()) {
      if (device.state().isFinal()) {
        serials.putIfAbsent(device.identity().getSerialNumber(), now);
        registry.goodSerials(device.ueid(), now).forEach(it -> serials.putIfAbsent(it, now));
      }
    }
    write(directory, authority, serials);
  }

  /** What the list says now, of certificates that may not have run out. */
  private Map<BigInteger, Instant> listed(Instant now) throws IOException, Malformed {
    Map<BigInteger, Instant> listed = new TreeMap<>();
    Optional<byte[]> file = directory.find(FILE, MAX_LENGTH);
    if (file.isEmpty()) {
      return listed;
    }
    try {
      CRL list =
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(file.get()));
      if (list instanceof X509CRL ours && ours.getRevokedCertificates() != null) {
        for (X509CRLEntry entry : ours.getRevokedCertificates()) {
          Instant since = entry.getRevocationDate().toInstant();
          if (since.isAfter(now.minus(LISTED))) {
            listed.put(entry.getSerialNumber(), since);
          }
        }
      }
      return listed;
    } catch (CertificateException | CRLException damaged) {
      throw new Malformed(directory.path(FILE) + " is no list of certificates", damaged);
    }
  }
}
