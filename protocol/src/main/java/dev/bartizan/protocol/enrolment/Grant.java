// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;

/**
 * What an enrolled device goes away with.
 *
 * @param identityChain PEM: its TLS client certificate, then the authority's
 * @param unwrapCertificate PEM: the certificate content keys will be wrapped to
 * @param trustDomain of its SPIFFE ID
 * @param broker where commands come from, {@code ssl://HOST:PORT}
 */
public record Grant(
    String identityChain, String unwrapCertificate, String trustDomain, String broker) {
  private static final int MAX_PEM = 16 * 1024;

  public byte[] write() {
    ObjectNode message = StrictJson.object();
    message.put("identity_chain", identityChain).put("unwrap_certificate", unwrapCertificate);
    message.put("trust_domain", trustDomain).put("broker", broker);
    return StrictJson.write(message);
  }

  public static Grant read(byte[] json) throws Malformed {
    JsonFields message = StrictJson.read(json, Wire.MAX_LENGTH, "grant");
    return new Grant(
        message.lines("identity_chain", MAX_PEM),
        message.lines("unwrap_certificate", MAX_PEM),
        message.text("trust_domain", Wire.MAX_TEXT),
        message.text("broker", Wire.MAX_TEXT));
  }
}
