// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.custody;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.jws.StatementKey;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The public keys of a fleet's server, as its author must know them ({@code fleet-keys.json}).
 *
 * @param trustDomain of the devices' SPIFFE ids; the fleet's name among the author's
 * @param authority issues the certificates of devices
 * @param keyBroker to whom content keys are wrapped; by {@code authority}
 * @param commandKey what the server signs commands with
 */
public record FleetKeys(
    String trustDomain,
    X509Certificate authority,
    X509Certificate keyBroker,
    StatementKey commandKey) {
  public static final String SCHEMA = "bartizan-fleet-keys/1";

  public static final int MAX_LENGTH = 64 * 1024;

  /** Also a name of a file and of a target, as it stands. */
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

  private static final int KEY_AGREEMENT = 4;
  private static final int MAX_TEXT = 255;
  private static final int MAX_PEM = 16 * 1024;

  /**
   * @throws IllegalArgumentException when they do not belong together
   */
  public FleetKeys {
    if (!TRUST_DOMAIN.matcher(trustDomain).matches()) {
      throw new IllegalArgumentException("not a trust domain: " + trustDomain);
    }
    if (!isIssuedBy(authority, keyBroker)) {
      throw new IllegalArgumentException("key_broker is not issued by authority");
    }
    boolean[] usage = keyBroker.getKeyUsage();
    if (!(keyBroker.getPublicKey() instanceof ECPublicKey)
        || usage == null
        || !usage[KEY_AGREEMENT]) {
      throw new IllegalArgumentException("key_broker is not for key agreement on P-256");
    }
  }

  /** Whether {@code certificate} is one of this fleet's authority; its dates are not looked at. */
  public boolean hasIssued(X509Certificate certificate) {
    return isIssuedBy(authority, certificate);
  }

  private static boolean isIssuedBy(X509Certificate authority, X509Certificate certificate) {
    try {
      certificate.verify(authority.getPublicKey());
      return certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
    } catch (GeneralSecurityException another) {
      return false;
    }
  }

  /**
   * Reads the document.
   *
   * @param what the document's name, for messages
   */
  public static FleetKeys read(byte[] json, String what) throws Malformed {
    JsonFields fields = StrictJson.read(json, MAX_LENGTH, what);
    String schema = fields.text("schema", MAX_TEXT);
    if (!schema.equals(SCHEMA)) {
      throw new Malformed(what + ".schema is " + schema + ", this version reads " + SCHEMA);
    }
    JsonFields command = fields.object("command_key");
    try {
      return new FleetKeys(
          fields.text("trust_domain", MAX_TEXT),
          certificate(fields, "authority", what),
          certificate(fields, "key_broker", what),
          StatementKey.ofJwk(
              command.text("kid", MAX_TEXT), command.object("jwk").tree().toString()));
    } catch (IllegalArgumentException unfit) {
      throw new Malformed(what + ": " + unfit.getMessage(), unfit);
    }
  }

  private static X509Certificate certificate(JsonFields fields, String name, String what)
      throws Malformed {
    return Pem.certificates(fields.lines(name, MAX_PEM), what + "." + name).get(0);
  }

  /** The document, as both sides keep it. */
  public byte[] toJson() {
    ObjectNode document = StrictJson.object().put("schema", SCHEMA);
    document.put("trust_domain", trustDomain);
    document.put("authority", Pem.ofCertificates(List.of(authority)));
    document.put("key_broker", Pem.ofCertificates(List.of(keyBroker)));
    ObjectNode command = document.putObject("command_key").put("kid", commandKey.kid());
    command.set("jwk", commandKey.toJwkTree());
    return StrictJson.writeIndented(document);
  }

  /** What people compare, over another channel than the document came by. */
  public Digest fingerprint() {
    return Digest.of(toJson());
  }
}
