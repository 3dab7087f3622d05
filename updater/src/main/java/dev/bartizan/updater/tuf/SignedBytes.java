// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.JsonReader;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.security.PublicKey;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A metadata file as it came: an envelope whose content nobody may read before {@link #content} has
 * found enough signatures.
 */
final class SignedBytes {
  private static final JsonReader READER = new JsonReader(Limits.JSON);

  private final RoleName role;
  private final Bytes raw;
  private final JsonNode signed;
  private final Bytes message;
  private final Map<String, Bytes> signatures;

  private SignedBytes(
      RoleName role, Bytes raw, JsonNode signed, Bytes message, Map<String, Bytes> signatures) {
    this.role = role;
    this.raw = raw;
    this.signed = signed;
    this.message = message;
    this.signatures = signatures;
  }

  /**
   * @throws TufRefusal MALFORMED when it is no strict envelope, or names a key twice
   */
  static SignedBytes parse(RoleName role, byte[] received) throws TufRefusal {
    try {
      Fields envelope = new Fields(role, READER.read(received, "the file"));
      JsonNode signed = envelope.object("signed").node();
      Bytes message = Bytes.of(CanonicalJson.encode(signed));
      return new SignedBytes(role, Bytes.of(received), signed, message, signatures(role, envelope));
    } catch (Malformed | IllegalArgumentException malformed) {
      throw new TufRefusal(
          Code.MALFORMED,
          role.value(),
          "signed metadata",
          String.valueOf(malformed.getMessage()),
          malformed);
    }
  }

  /**
   * The signed content, once {@code signers} are found to have signed it.
   *
   * @throws TufRefusal SIG_THRESHOLD when too few different keys have
   */
  Fields content(Signers signers) throws TufRefusal {
    requireThreshold(signers);
    return new Fields(role, signed);
  }

  /**
   * For a root alone, whose keys stand in itself: the content while it is still anybody's word. The
   * caller must follow up with {@link #requireThreshold}.
   */
  Fields unprovenContent() {
    return new Fields(role, signed);
  }

  /** Counts keys, not key ids: one key under two ids is still one signer. */
  void requireThreshold(Signers signers) throws TufRefusal {
    Set<PublicKey> signedBy = new HashSet<>();
    signers
        .keys()
        .forEach(
            (id, key) -> {
              Bytes signature = signatures.get(id);
              if (signature != null && key.hasSigned(message, signature)) {
                signedBy.add(key.signer());
              }
            });
    if (signedBy.size() < signers.threshold()) {
      throw new TufRefusal(
          Code.SIG_THRESHOLD,
          role,
          signers.threshold() + " valid signatures",
          String.valueOf(signedBy.size()));
    }
  }

  /** The ids of the keys of {@code signers} whose signatures are good. */
  SortedSet<String> signedBy(Signers signers) {
    SortedSet<String> ids = new TreeSet<>();
    signers
        .keys()
        .forEach(
            (id, key) -> {
              Bytes signature = signatures.get(id);
              if (signature != null && key.hasSigned(message, signature)) {
                ids.add(id);
              }
            });
    return ids;
  }

  Bytes raw() {
    return raw;
  }

  private static Map<String, Bytes> signatures(RoleName role, Fields envelope) throws TufRefusal {
    Map<String, Bytes> signatures = new LinkedHashMap<>();
    for (Fields signature : envelope.objects("signatures")) {
      String id = signature.string("keyid");
      if (signatures.put(id, decoded(signature.string("sig"))) != null) {
        throw new TufRefusal(Code.MALFORMED, role, "one signature per key id", id);
      }
    }
    return signatures;
  }

  /** Empty and foreign signatures are other signers' affair: they count for nobody. */
  private static Bytes decoded(String hex) {
    try {
      return Bytes.of(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException notHex) {
      return Bytes.empty();
    }
  }
}
