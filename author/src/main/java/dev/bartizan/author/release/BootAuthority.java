// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.PcrApproval;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.PolicyDigest;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * Approves boot states, as {@code systemd-measure sign} does: for devices whose unwrap key demands
 * such a signature, and whose kernel images do not carry one.
 */
public final class BootAuthority {
  /** Of its key file. */
  public static final int MAX_LENGTH = 16 * 1024;

  private final PrivateKey key;
  private final PublicKey publicKey;

  private BootAuthority(PrivateKey key, PublicKey publicKey) {
    this.key = key;
    this.publicKey = publicKey;
  }

  /**
   * Takes a private key in PEM, as OpenSSL writes it: P-256 or RSA, not encrypted.
   *
   * @throws Refusal when it is anything else, or a key that no TPM can check signatures of
   */
  public static BootAuthority read(byte[] pem, String what) throws Refusal {
    String text = new String(pem, StandardCharsets.ISO_8859_1);
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      Object found = parser.readObject();
      PrivateKeyInfo info =
          found instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : (PrivateKeyInfo) found;
      if (info == null) {
        throw new Malformed(what + ": holds no private key");
      }
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      PublicKey publicKey = converter.getPublicKey(publicKeyOf(info));
      KeyTemplates.verificationKey(publicKey);
      return new BootAuthority(converter.getPrivateKey(info), publicKey);
    } catch (IOException | ClassCastException | IllegalArgumentException notAKey) {
      // Without the cause: it may quote the key.
      throw new Malformed(
          what + ": is not a P-256 or RSA private key in PEM, unencrypted: " + notAKey.getClass());
    }
  }

  private static SubjectPublicKeyInfo publicKeyOf(PrivateKeyInfo info) throws IOException {
    AsymmetricKeyParameter key = PrivateKeyFactory.createKey(info);
    if (key instanceof ECPrivateKeyParameters ecc) {
      return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
          new ECPublicKeyParameters(
              ecc.getParameters().getG().multiply(ecc.getD()).normalize(), ecc.getParameters()));
    }
    RSAPrivateCrtKeyParameters rsa = (RSAPrivateCrtKeyParameters) key;
    BigInteger exponent = rsa.getPublicExponent();
    return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
        new RSAKeyParameters(false, rsa.getModulus(), exponent));
  }

  /**
   * Approves the state in which {@code pcrs} hold what they hold in {@code values}.
   *
   * @throws Malformed when one of them is not among the values
   */
  public PcrApproval approve(PcrSelection pcrs, PcrValues values) throws Malformed {
    PolicyDigest policy = PolicyDigest.start().pcrs(select(pcrs, values));
    try {
      Signature signature =
          Signature.getInstance(
              publicKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initSign(key);
      signature.update(policy.value().toArray());
      Digest fingerprint = Digest.of(publicKey.getEncoded());
      return new PcrApproval(pcrs, fingerprint, policy, Bytes.of(signature.sign()));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("a key that was read can sign", impossible);
    }
  }

  private static PcrValues select(PcrSelection pcrs, PcrValues values) throws Malformed {
    if (pcrs.banks().size() != 1) {
      throw new Malformed("approvals are of the PCRs of one bank, not of " + pcrs);
    }
    List<Bytes> selected = new ArrayList<>();
    for (int pcr : pcrs.banks().get(0).pcrs()) {
      selected.add(
          values
              .find(pcrs.banks().get(0).hash(), pcr)
              .orElseThrow(() -> new Malformed("there is no value of PCR " + pcr)));
    }
    return new PcrValues(pcrs, selected);
  }
}
