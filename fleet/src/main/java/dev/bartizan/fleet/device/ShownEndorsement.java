// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a chip showed when it was taken in: whoever judges the device years later asks its maker
 * again, and not this registry.
 *
 * @param key the endorsement key, TPMT_PUBLIC: the device is named after it
 * @param chain the key's certificate, and the intermediates that the chip brought along; DER
 */
public record ShownEndorsement(Bytes key, List<Bytes> chain) {
  /** A device's document has to hold it. */
  private static final int MAX_BYTES = 24 * 1024;

  private static final int MAX_CERTIFICATES = 9;
  private static final String KEY = "ek_public";
  private static final String CHAIN = "ek_chain";

  public ShownEndorsement {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("no certificate was shown");
    }
  }

  /** What is worth keeping; a chain that is longer than all makers' is not kept. */
  public static Optional<ShownEndorsement> keeping(
      Bytes key, Bytes certificate, List<Bytes> brought) {
    List<Bytes> chain = new ArrayList<>(List.of(certificate));
    chain.addAll(brought);
    int length = chain.stream().mapToInt(Bytes::length).sum();
    return length > MAX_BYTES ? Optional.empty() : Optional.of(new ShownEndorsement(key, chain));
  }

  /** Of the key's own certificate. */
  Digest digest() {
    return Digest.of(chain.get(0).toArray());
  }

  void write(ObjectNode document) {
    document.put(KEY, Base64Url.encode(key));
    ArrayNode certificates = document.putArray(CHAIN);
    chain.forEach(certificate -> certificates.add(Base64Url.encode(certificate)));
  }

  static Optional<ShownEndorsement> find(JsonFields document) throws Malformed {
    if (!document.has(CHAIN)) {
      return Optional.empty();
    }
    List<Bytes> chain = new ArrayList<>();
    for (String element : document.texts(CHAIN, MAX_CERTIFICATES, 2 * MAX_BYTES)) {
      chain.add(Base64Url.decode(element, CHAIN));
    }
    if (chain.isEmpty()) {
      throw new Malformed(CHAIN + " has no certificate");
    }
    return Optional.of(new ShownEndorsement(document.base64url(KEY, MAX_BYTES), chain));
  }
}
