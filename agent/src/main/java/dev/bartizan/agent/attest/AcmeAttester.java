// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.attest;

import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.CertifiedKey;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.EnrolmentClaims;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.cbor.CborMembers;
import dev.bartizan.protocol.cbor.Label;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Makes the statement an ACME server takes for the challenge {@code device-attest-01}, in the
 * format {@code tpm} of WebAuthn (8.3): the attestation key, which has a certificate, certifies the
 * identity key over the challenge's key authorization.
 *
 * <p>What is signed along is always a digest of text: an enrolment's nonce, which is signed in the
 * same place, cannot be had this way.
 */
public final class AcmeAttester {
  /** A token, and the thumbprint of the ACME account's key (RFC 8555, 8.1). */
  private static final Pattern KEY_AUTHORIZATION =
      Pattern.compile("[A-Za-z0-9_-]{1,256}\\.[A-Za-z0-9_-]{43}");

  /** Of COSE (RFC 9053, RFC 8812). */
  private static final long ES256 = -7;

  private static final long RS256 = -257;

  private final DeviceKeystore keystore;
  private final CredentialStore credentials;
  private final InstantSource clock;

  public AcmeAttester(DeviceKeystore keystore, CredentialStore credentials, InstantSource clock) {
    this.keystore = keystore;
    this.credentials = credentials;
    this.clock = clock;
  }

  /** Whether {@code text} is a key authorization. */
  public static boolean isKeyAuthorization(String text) {
    return KEY_AUTHORIZATION.matcher(text).matches();
  }

  /**
   * The payload of the answer to the challenge, JSON.
   *
   * @throws AcmeRefused when this device cannot be believed by a server now
   */
  public byte[] payload(String keyAuthorization) throws IOException, Refusal {
    if (!isKeyAuthorization(keyAuthorization)) {
      throw new Malformed("acme: is not a key authorization, TOKEN.THUMBPRINT");
    }
    requireChip();
    Bytes challenge = Digest.of(keyAuthorization.getBytes(StandardCharsets.US_ASCII)).value();
    EnrolmentClaims claims = keystore.enrolmentClaims(challenge);
    TpmPublic attestation = TpmPublic.parse(claims.attestationKey());
    List<X509Certificate> chain = chain(attestation.toPublicKey());
    Cbor object = object(chain, attestation.isRsa() ? RS256 : ES256, claims.identity());
    return StrictJson.write(StrictJson.object().put("attObj", Base64Url.encode(object.write())));
  }

  private void requireChip() throws AcmeRefused {
    if (!keystore.protection().kind().attests()) {
      throw new AcmeRefused(
          AcmeRefused.Reason.NO_CHIP,
          "a keystore of kind " + keystore.protection().kind().text() + " certifies no keys");
    }
  }

  /** The attestation key's certificate, which has to be good now, and those above it. */
  private List<X509Certificate> chain(PublicKey attestation) throws IOException, Refusal {
    Credentials current = credentials.current();
    List<X509Certificate> chain = current.attestationChain();
    if (chain.isEmpty()) {
      throw new AcmeRefused(
          AcmeRefused.Reason.NO_AK_CERTIFICATE,
          "the fleet has given no certificate for the attestation key: enrol again");
    }
    X509Certificate own = chain.get(0);
    if (!own.getPublicKey().equals(attestation)
        || own.getNotAfter().before(Date.from(clock.instant()))) {
      throw new AcmeRefused(
          AcmeRefused.Reason.AK_CERTIFICATE_UNUSABLE,
          "the attestation key's certificate ended "
              + own.getNotAfter().toInstant()
              + ", or is for another key: enrol again");
    }
    return chain;
  }

  private static Cbor object(List<X509Certificate> chain, long algorithm, CertifiedKey identity) {
    Cbor[] certificates =
        chain.stream().map(it -> Cbor.of(Bytes.of(Pem.der(it)))).toArray(Cbor[]::new);
    Cbor statement =
        new CborMembers()
            .put(Label.of("ver"), "2.0")
            .put(Label.of("alg"), algorithm)
            .put(Label.of("x5c"), Cbor.array(certificates))
            .put(Label.of("sig"), identity.signature())
            .put(Label.of("certInfo"), identity.attest())
            .put(Label.of("pubArea"), identity.publicArea())
            .map();
    return new CborMembers().put(Label.of("fmt"), "tpm").put(Label.of("attStmt"), statement).map();
  }
}
