// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import static dev.bartizan.crypto.tpm.KeyAttribute.DECRYPT;
import static dev.bartizan.crypto.tpm.KeyAttribute.FIXED_PARENT;
import static dev.bartizan.crypto.tpm.KeyAttribute.FIXED_TPM;
import static dev.bartizan.crypto.tpm.KeyAttribute.RESTRICTED;
import static dev.bartizan.crypto.tpm.KeyAttribute.SENSITIVE_DATA_ORIGIN;
import static dev.bartizan.crypto.tpm.KeyAttribute.SIGN;
import static dev.bartizan.crypto.tpm.KeyAttribute.USER_WITH_AUTH;

import dev.bartizan.crypto.Bytes;
import java.security.PublicKey;
import java.util.EnumSet;
import java.util.Set;

/**
 * The public area of an object in a TPM (TPMT_PUBLIC, part 2, 12.2.4).
 *
 * @param nameHash of its Name and its policy
 * @param attributes what it may be used for
 * @param policy digest of the policy that authorises its use, or empty
 * @param parameters what depends on its type
 */
public record TpmPublic(
    TpmHash nameHash, Set<KeyAttribute> attributes, Bytes policy, KeyParameters parameters) {
  /** The longest public area we accept: an RSA-4096 key with a SHA-512 policy is shorter. */
  static final int LIMIT = 1024;

  private static final Set<KeyAttribute> BORN_AND_KEPT_IN_THE_TPM =
      Set.of(FIXED_TPM, FIXED_PARENT, SENSITIVE_DATA_ORIGIN);

  public TpmPublic {
    attributes = Set.copyOf(attributes);
    if (policy.length() != 0 && policy.length() != nameHash.size()) {
      throw new IllegalArgumentException("a policy digest of " + policy.length() + " bytes");
    }
  }

  /**
   * Parses a whole TPMT_PUBLIC.
   *
   * @throws TpmRefusal when it is none, has trailing bytes or an algorithm we do not speak
   */
  public static TpmPublic parse(Bytes publicArea) throws TpmRefusal {
    TpmReader in = new TpmReader(publicArea.toArray());
    int type = in.u16();
    TpmHash nameHash = TpmHash.of(in.u16());
    Set<KeyAttribute> attributes = KeyAttribute.decode(in.u32());
    Bytes policy = Bytes.of(in.sized(nameHash.size()));
    if (policy.length() != 0 && policy.length() != nameHash.size()) {
      throw TpmRefusal.malformed("a policy digest of " + policy.length() + " bytes");
    }
    KeyParameters parameters = KeyParameters.read(type, in);
    in.end();
    return new TpmPublic(nameHash, attributes, policy, parameters);
  }

  /** The TPMT_PUBLIC; {@link #parse} of it gives an equal value. */
  public Bytes encode() {
    TpmWriter out = new TpmWriter();
    out.u16(parameters.type()).u16(nameHash.id()).u32(KeyAttribute.encode(attributes));
    out.sized(policy.toArray());
    parameters.write(out);
    return Bytes.of(out.toArray());
  }

  /** What signatures and certifications of the TPM call this object. */
  public TpmName name() {
    byte[] encoded = encode().toArray();
    TpmWriter out = new TpmWriter();
    return new TpmName(Bytes.of(out.u16(nameHash.id()).bytes(nameHash.digest(encoded)).toArray()));
  }

  /**
   * The key for use outside the TPM.
   *
   * @throws TpmRefusal when it is not a point on its curve, or not a key at all
   */
  public PublicKey toPublicKey() throws TpmRefusal {
    return parameters.toPublicKey();
  }

  /** Whether it is an RSA key. */
  public boolean isRsa() {
    return parameters instanceof RsaParameters;
  }

  /** Whether only the unique field may tell the two apart. */
  public boolean hasTemplateOf(TpmPublic other) {
    return template().equals(other.template());
  }

  /**
   * Insists on an attestation key: born in its TPM, bound to it, signing nothing but what that TPM
   * states about itself.
   *
   * @throws TpmRefusal with {@code WRONG_ATTRIBUTES}
   */
  public void requireAttestationKey() throws TpmRefusal {
    require("an attestation key", EnumSet.of(RESTRICTED, SIGN), EnumSet.of(DECRYPT));
  }

  /**
   * Insists on an ordinary signing key, born in its TPM and bound to it.
   *
   * @throws TpmRefusal with {@code WRONG_ATTRIBUTES}
   */
  public void requireSigningKey() throws TpmRefusal {
    require("a signing key", EnumSet.of(SIGN), EnumSet.of(DECRYPT, RESTRICTED));
  }

  /**
   * Insists on a key agreement key, born in its TPM and bound to it, that nothing but a policy
   * opens.
   *
   * @throws TpmRefusal with {@code WRONG_ATTRIBUTES}
   */
  public void requirePolicyBoundAgreementKey() throws TpmRefusal {
    require(
        "a key agreement key under a policy",
        EnumSet.of(DECRYPT),
        EnumSet.of(SIGN, RESTRICTED, USER_WITH_AUTH));
    if (policy.length() == 0) {
      throw wrongAttributes("a key agreement key under a policy");
    }
  }

  private void require(String purpose, Set<KeyAttribute> present, Set<KeyAttribute> absent)
      throws TpmRefusal {
    boolean right =
        attributes.containsAll(BORN_AND_KEPT_IN_THE_TPM)
            && attributes.containsAll(present)
            && absent.stream().noneMatch(attributes::contains);
    if (!right) {
      throw wrongAttributes(purpose);
    }
  }

  private TpmRefusal wrongAttributes(String purpose) {
    return new TpmRefusal(
        TpmRefusal.Reason.WRONG_ATTRIBUTES, "not " + purpose + " of a TPM: " + attributes);
  }

  private TpmPublic template() {
    return new TpmPublic(nameHash, attributes, policy, parameters.template());
  }
}
