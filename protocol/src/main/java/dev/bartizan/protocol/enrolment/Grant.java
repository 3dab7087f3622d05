// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.Optional;

/**
 * What an enrolled device goes away with.
 *
 * @param identityChain PEM: its TLS client certificate, then the authority's
 * @param unwrapCertificate PEM: the certificate content keys will be wrapped to
 * @param attestationChain PEM: the certificate of its attestation key, then the authority's; empty
 *     for a device without a chip, or when nobody said what chip it is
 * @param trustDomain of its SPIFFE ID
 * @param broker where commands come from, {@code ssl://HOST:PORT}
 */
public record Grant(
    String identityChain,
    String unwrapCertificate,
    Optional<String> attestationChain,
    String trustDomain,
    String broker) {
  private static final int MAX_PEM = 16 * 1024;

  public byte[] write() {
    ObjectNode message = StrictJson.object();
    message.put("identity_chain", identityChain).put("unwrap_certificate", unwrapCertificate);
    attestationChain.ifPresent(chain -> message.put("attestation_chain", chain));
    message.put("trust_domain", trustDomain).put("broker", broker);
    return StrictJson.write(message);
  }

  public static Grant read(byte[] json) throws Malformed {
    JsonFields message = StrictJson.read(json, Wire.MAX_LENGTH, "grant");
    return new Grant(
        message.lines("identity_chain", MAX_PEM),
        message.lines("unwrap_certificate", MAX_PEM),
        message.has("attestation_chain")
            ? Optional.of(message.lines("attestation_chain", MAX_PEM))
            : Optional.empty(),
        message.text("trust_domain", Wire.MAX_TEXT),
        message.text("broker", Wire.MAX_TEXT));
  }
}
