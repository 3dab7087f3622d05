// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Every identity certificate that was issued to a device and is still good: {@code
 * ca/issued/UEID.json}. The registry knows the newest alone, and who enrols twice keeps two.
 */
final class IssuedIdentities {
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-issued-identities", 1);
  private static final String FOLDER = "ca/issued/";
  private static final int MAX_LENGTH = 64 * 1024;
  private static final int MAX_SERIAL = 64;
  private static final int HEX = 16;

  /** A device that needs more within a certificate's life is not renewing, it is trying. */
  static final int MAX_GOOD = 200;

  /** Brokers' clocks are not ours: listed a little longer than good. */
  private static final Duration SKEW = Duration.ofDays(1);

  private final SharedDirectory directory;

  /**
   * @param until it is listed: as long as it is good and a little longer, so that certificates of a
   *     short life do not pile up
   */
  private record Entry(BigInteger serial, Instant until) {
    static Entry of(X509Certificate certificate) {
      Instant end = certificate.getNotAfter().toInstant();
      Duration life = Duration.between(certificate.getNotBefore().toInstant(), end);
      return new Entry(
          certificate.getSerialNumber(), end.plus(life.compareTo(SKEW) < 0 ? life : SKEW));
    }

    boolean isGood(Instant now) {
      return now.isBefore(until);
    }
  }

  IssuedIdentities(SharedDirectory directory) {
    this.directory = directory;
  }

  /**
   * Takes note of a certificate, before anybody gets it.
   *
   * @throws RegistryRefusal with {@code TOO_MANY_CERTIFICATES}
   */
  void record(Ueid device, X509Certificate identity, Instant now) throws IOException, Refusal {
    directory.exclusively(
        () -> {
          List<Entry> good = new ArrayList<>(good(device, now));
          if (good.size() >= MAX_GOOD) {
            throw RegistryRefusal.tooManyCertificates(device, good.size());
          }
          good.add(Entry.of(identity));
          directory.write(file(device), write(good));
          return good.size();
        });
  }

  /** The serial numbers of those that have not run out. */
  List<BigInteger> serials(Ueid device, Instant now) throws IOException, Malformed {
    return good(device, now).stream().map(Entry::serial).toList();
  }

  private List<Entry> good(Ueid device, Instant now) throws IOException, Malformed {
    Optional<byte[]> json = directory.find(file(device), MAX_LENGTH);
    if (json.isEmpty()) {
      return List.of();
    }
    String what = directory.path(file(device)).toString();
    List<Entry> good = new ArrayList<>();
    JsonFields document = StrictJson.read(json.get(), MAX_LENGTH, what);
    FORMAT.require(document, what);
    for (JsonFields entry : document.objects("identities", MAX_GOOD)) {
      Entry issued =
          new Entry(serial(entry.text("serial", MAX_SERIAL), what), entry.instant("until"));
      if (issued.isGood(now)) {
        good.add(issued);
      }
    }
    return good;
  }

  private static BigInteger serial(String hex, String what) throws Malformed {
    try {
      return new BigInteger(hex, HEX);
    } catch (NumberFormatException notANumber) {
      throw new Malformed(what + ".serial is no number", notANumber);
    }
  }

  private static byte[] write(List<Entry> entries) {
    ObjectNode document = FORMAT.begin();
    ArrayNode array = document.putArray("identities");
    for (Entry entry : entries) {
      array
          .addObject()
          .put("serial", entry.serial().toString(HEX))
          .put("until", entry.until().getEpochSecond());
    }
    return StrictJson.writeIndented(document);
  }

  private static String file(Ueid device) {
    return FOLDER + device.text() + ".json";
  }
}
