// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.device.RegistryRefusal;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Every identity certificate that was issued to a device and is still good. The registry knows the
 * newest alone, and who enrols twice keeps two.
 */
final class IssuedTable {
  private static final int HEX = 16;

  /** A device that needs more within a certificate's life is not renewing, it is trying. */
  static final int MAX_GOOD = 200;

  /** Brokers' clocks are not ours: listed a little longer than good. */
  private static final Duration SKEW = Duration.ofDays(1);

  private IssuedTable() {}

  /**
   * Takes note of a certificate, before anybody gets it.
   *
   * @return how many are good now
   * @throws RegistryRefusal with {@code TOO_MANY_CERTIFICATES}
   */
  static long add(Sql sql, Ueid device, X509Certificate identity, Instant now)
      throws SQLException, RegistryRefusal {
    sql.run(
        "DELETE FROM issued WHERE device = ? AND listed_until <= ?",
        device.text(),
        now.getEpochSecond());
    long good = sql.number("SELECT COUNT(*) FROM issued WHERE device = ?", device.text());
    if (good >= MAX_GOOD) {
      throw RegistryRefusal.tooManyCertificates(device, Math.toIntExact(good));
    }
    sql.run(
        "INSERT INTO issued (serial, device, listed_until) VALUES (?, ?, ?)",
        identity.getSerialNumber().toString(HEX),
        device.text(),
        listedUntil(identity).getEpochSecond());
    return good + 1;
  }

  /** The serial numbers of those that have not run out. */
  static List<BigInteger> good(Sql sql, Ueid device, Instant now)
      throws SQLException, IOException, Refusal {
    return sql.all(
        "SELECT serial FROM issued WHERE device = ? AND listed_until > ? ORDER BY listed_until",
        row -> new BigInteger(row.getString(1), HEX),
        device.text(),
        now.getEpochSecond());
  }

  /** Certificates of a short life do not pile up. */
  private static Instant listedUntil(X509Certificate certificate) {
    Instant end = certificate.getNotAfter().toInstant();
    Duration life = Duration.between(certificate.getNotBefore().toInstant(), end);
    return end.plus(life.compareTo(SKEW) < 0 ? life : SKEW);
  }
}
