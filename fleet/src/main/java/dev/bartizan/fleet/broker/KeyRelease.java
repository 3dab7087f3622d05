// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One content key that was given to one device.
 *
 * @param release digest of the manifest
 * @param evidence SHA-256 of the evidence upon which it was given, as it came
 * @param unwrap SHA-256 of the certificate (DER) to which it was wrapped
 * @param at in whole seconds
 */
public record KeyRelease(Ueid device, Digest release, Digest evidence, Digest unwrap, Instant at) {
  private static final int MAX_TEXT = 100;

  public KeyRelease {
    at = at.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Its members, for the record and for people. */
  public ObjectNode toJson() {
    return StrictJson.object()
        .put("at", at.getEpochSecond())
        .put("device", device.text())
        .put("release", release.hex())
        .put("evidence", evidence.hex())
        .put("unwrap_certificate", unwrap.hex());
  }

  /** Reads what {@link #toJson} wrote, among other members. */
  public static KeyRelease read(JsonFields fields) throws Malformed {
    try {
      return new KeyRelease(
          Ueid.parse(fields.text("device", MAX_TEXT)),
          fields.digest("release"),
          fields.digest("evidence"),
          fields.digest("unwrap_certificate"),
          fields.instant("at"));
    } catch (IllegalArgumentException notADevice) {
      throw new Malformed("key log: " + notADevice.getMessage(), notADevice);
    }
  }
}
