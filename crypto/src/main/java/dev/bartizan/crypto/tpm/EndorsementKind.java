package dev.bartizan.crypto.tpm;

import static dev.bartizan.crypto.tpm.KeyAttribute.ADMIN_WITH_POLICY;
import static dev.bartizan.crypto.tpm.KeyAttribute.DECRYPT;
import static dev.bartizan.crypto.tpm.KeyAttribute.FIXED_PARENT;
import static dev.bartizan.crypto.tpm.KeyAttribute.FIXED_TPM;
import static dev.bartizan.crypto.tpm.KeyAttribute.RESTRICTED;
import static dev.bartizan.crypto.tpm.KeyAttribute.SENSITIVE_DATA_ORIGIN;

import dev.bartizan.crypto.Bytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The endorsement keys chips are certified with (TCG EK Credential Profile, templates L-1 and L-2),
 * in the order in which we prefer them.
 */
public enum EndorsementKind {
  ECC_P256(0x01c0_000a) {
    @Override
    KeyParameters parameters() {
      Bytes zeros = Bytes.of(new byte[TpmCurve.P256.size()]);
      return new EccParameters(WrapCipher.AES_128_CFB, KeyScheme.NONE, TpmCurve.P256, zeros, zeros);
    }
  },
  RSA_2048(0x01c0_0002) {
    @Override
    KeyParameters parameters() {
      Bytes zeros = Bytes.of(new byte[2048 / 8]);
      return new RsaParameters(WrapCipher.AES_128_CFB, KeyScheme.NONE, 2048, zeros);
    }
  };

  /** PolicySecret(endorsement), which every standard endorsement key demands. */
  private static final Bytes POLICY =
      Bytes.ofHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");

  private final int certificateIndex;

  EndorsementKind(int certificateIndex) {
    this.certificateIndex = certificateIndex;
  }

  /** The kind of an endorsement key, if it is one. */
  public static Optional<EndorsementKind> find(TpmPublic endorsement) {
    return Arrays.stream(values())
        .filter(kind -> kind.template().hasTemplateOf(endorsement))
        .findFirst();
  }

  /** Where the certificate of a key of this kind is kept. */
  public int certificateIndex() {
    return certificateIndex;
  }

  /** The template every chip grows its key of this kind from. */
  public TpmPublic template() {
    Set<KeyAttribute> attributes =
        Set.of(
            FIXED_TPM, FIXED_PARENT, SENSITIVE_DATA_ORIGIN, ADMIN_WITH_POLICY, RESTRICTED, DECRYPT);
    return new TpmPublic(TpmHash.SHA256, attributes, POLICY, parameters());
  }

  /**
   * The chip maker's certificate for the key of this kind, X.509 DER, if the chip carries one.
   * Unchecked: that is for whoever knows the maker's root.
   */
  public Optional<Bytes> findCertificate(Tpm tpm) throws IOException {
    Optional<NvIndex> index = tpm.nv().find(certificateIndex);
    return index.isEmpty() ? Optional.empty() : DerPrefix.find(tpm.nv().readPublic(index.get()));
  }

  abstract KeyParameters parameters();
}
