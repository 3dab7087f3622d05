// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import static dev.bartizan.crypto.tpm.KeyAttribute.ADMIN_WITH_POLICY;
import static dev.bartizan.crypto.tpm.KeyAttribute.DECRYPT;
import static dev.bartizan.crypto.tpm.KeyAttribute.FIXED_PARENT;
import static dev.bartizan.crypto.tpm.KeyAttribute.FIXED_TPM;
import static dev.bartizan.crypto.tpm.KeyAttribute.RESTRICTED;
import static dev.bartizan.crypto.tpm.KeyAttribute.SENSITIVE_DATA_ORIGIN;
import static dev.bartizan.crypto.tpm.KeyAttribute.USER_WITH_AUTH;

import dev.bartizan.crypto.Bytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The endorsement keys chips are certified with, in the order in which we prefer them: templates
 * L-2, L-1, H-3 and H-6 of the TCG EK Credential Profile. One template for each kind of key: the
 * high range's RSA-2048 and P-256 keys are not taken, for a chip would have two of a kind.
 */
public enum EndorsementKind {
  ECC_P256("p-256", 0x01c0_000a, Range.LOW, TpmCurve.P256.size()) {
    @Override
    KeyParameters parameters(Bytes unique) {
      return new EccParameters(
          WrapCipher.AES_128_CFB, KeyScheme.NONE, TpmCurve.P256, unique, unique);
    }
  },
  RSA_2048("rsa-2048", 0x01c0_0002, Range.LOW, 2048 / 8) {
    @Override
    KeyParameters parameters(Bytes unique) {
      return new RsaParameters(WrapCipher.AES_128_CFB, KeyScheme.NONE, 2048, unique);
    }
  },
  ECC_P384("p-384", 0x01c0_0016, Range.HIGH, TpmCurve.P384.size()) {
    @Override
    KeyParameters parameters(Bytes unique) {
      return new EccParameters(
          WrapCipher.AES_256_CFB, KeyScheme.NONE, TpmCurve.P384, unique, unique);
    }
  },
  RSA_3072("rsa-3072", 0x01c0_001c, Range.HIGH, 3072 / 8) {
    @Override
    KeyParameters parameters(Bytes unique) {
      return new RsaParameters(WrapCipher.AES_256_CFB, KeyScheme.NONE, 3072, unique);
    }
  };

  /** What the keys of one range have in common. */
  private enum Range {
    /** PolicySecret(endorsement) alone opens them (PolicyA). */
    LOW(TpmHash.SHA256, "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa"),
    /** Their empty password does too, and a policy that the platform may exchange (PolicyB). */
    HIGH(
        TpmHash.SHA384,
        "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419ca"
            + "cb47ba09699646150f9fc000f3f80e12");

    private final TpmHash nameHash;
    private final String policy;

    Range(TpmHash nameHash, String policy) {
      this.nameHash = nameHash;
      this.policy = policy;
    }

    TpmPublic template(KeyParameters parameters) {
      Set<KeyAttribute> attributes =
          EnumSet.of(
              FIXED_TPM,
              FIXED_PARENT,
              SENSITIVE_DATA_ORIGIN,
              ADMIN_WITH_POLICY,
              RESTRICTED,
              DECRYPT);
      if (this == HIGH) {
        attributes.add(USER_WITH_AUTH);
      }
      return new TpmPublic(nameHash, attributes, Bytes.ofHex(policy), parameters);
    }
  }

  private final String text;
  private final int certificateIndex;
  private final Range range;
  private final int uniqueBytes;

  EndorsementKind(String text, int certificateIndex, Range range, int uniqueBytes) {
    this.text = text;
    this.certificateIndex = certificateIndex;
    this.range = range;
    this.uniqueBytes = uniqueBytes;
  }

  /** The kind of an endorsement key, if it is one. */
  public static Optional<EndorsementKind> find(TpmPublic endorsement) {
    return Arrays.stream(values())
        .filter(kind -> kind.template().hasTemplateOf(endorsement))
        .findFirst();
  }

  /** The kind that {@link #text} writes so. */
  public static Optional<EndorsementKind> find(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }

  /** {@code p-256}, as command lines and directories have it. */
  public String text() {
    return text;
  }

  /** All of them, in the order in which they are preferred. */
  public static String texts() {
    return Arrays.stream(values()).map(EndorsementKind::text).collect(Collectors.joining(", "));
  }

  /** Where the certificate of a key of this kind is kept. */
  public int certificateIndex() {
    return certificateIndex;
  }

  /** Whether the key obeys its empty password, and not a policy alone. */
  public boolean hasPassword() {
    return range == Range.HIGH;
  }

  /** The template every chip grows its key of this kind from. */
  public TpmPublic template() {
    return template(range == Range.LOW ? zeros() : Bytes.empty());
  }

  /**
   * The same, and what some makers use instead: the profile leaves the high range's unique fields
   * empty, and some fill them with zeros as in the low range. The certificate tells which.
   */
  List<TpmPublic> templates() {
    return range == Range.LOW ? List.of(template()) : List.of(template(), template(zeros()));
  }

  /**
   * The chip maker's certificate for the key of this kind, X.509 DER, if the chip carries one.
   * Unchecked: that is for whoever knows the maker's root.
   */
  public Optional<Bytes> findCertificate(Tpm tpm) throws IOException {
    Optional<NvIndex> index = tpm.nv().find(certificateIndex);
    return index.isEmpty() ? Optional.empty() : DerPrefix.find(tpm.nv().readPublic(index.get()));
  }

  abstract KeyParameters parameters(Bytes unique);

  private TpmPublic template(Bytes unique) {
    return range.template(parameters(unique));
  }

  private Bytes zeros() {
    return Bytes.of(new byte[uniqueBytes]);
  }
}
