package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Encrypts a secret so that only the TPM with a given endorsement key can read it, and only while a
 * key with a given name is loaded in it (TPM2_MakeCredential in software; part 1, 24).
 *
 * <p>For the enrolment server: whoever returns the secret has that key in that chip. Takes RSA and
 * elliptic curve endorsement keys.
 */
public final class MakeCredential {
  private static final String LABEL = "IDENTITY";

  private final SecureRandom random;

  public MakeCredential(SecureRandom random) {
    this.random = random;
  }

  /**
   * @param endorsement the endorsement key, already vouched for by its certificate
   * @param name of the key whose presence is to be proved
   * @param secret at most as long as a digest of the endorsement key's name hash; not consumed
   * @throws TpmRefusal when {@code endorsement} is no storage key such a secret can be sent to
   */
  public Credential challenge(TpmPublic endorsement, TpmName name, SecretBytes secret)
      throws TpmRefusal {
    TpmHash hash = endorsement.nameHash();
    if (secret.length() > hash.size()) {
      throw new IllegalArgumentException("a credential secret of " + secret.length() + " bytes");
    }
    TpmKdf.SharedSeed shared = seedFor(endorsement);
    Bytes blob = secret.reveal(plain -> protect(plain, shared.seed, endorsement, name));
    Arrays.fill(shared.seed, (byte) 0);
    return new Credential(blob, Bytes.of(shared.encrypted));
  }

  private TpmKdf.SharedSeed seedFor(TpmPublic endorsement) throws TpmRefusal {
    if (endorsement.parameters() instanceof EccParameters ecc && ecc.wrap() != WrapCipher.NONE) {
      return TpmKdf.ecdhSeed(ecc, endorsement.nameHash(), LABEL, random);
    }
    if (endorsement.parameters() instanceof RsaParameters rsa && rsa.wrap() != WrapCipher.NONE) {
      return oaepSeed(rsa, endorsement.nameHash());
    }
    throw new TpmRefusal(
        TpmRefusal.Reason.WRONG_ATTRIBUTES, "the endorsement key is not a storage key");
  }

  private TpmKdf.SharedSeed oaepSeed(RsaParameters rsa, TpmHash hash) throws TpmRefusal {
    byte[] seed = new byte[hash.size()];
    random.nextBytes(seed);
    return new TpmKdf.SharedSeed(seed, oaep(rsa.toPublicKey(), hash, seed));
  }

  private byte[] oaep(RSAPublicKey key, TpmHash hash, byte[] seed) {
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      PSource label = new PSource.PSpecified(TpmKdf.zeroTerminated(LABEL));
      MGF1ParameterSpec mask = new MGF1ParameterSpec(hash.jcaName());
      cipher.init(
          Cipher.ENCRYPT_MODE,
          key,
          new OAEPParameterSpec(hash.jcaName(), "MGF1", mask, label),
          random);
      return cipher.doFinal(seed);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has RSA-OAEP", impossible);
    }
  }

  /** Encrypt, then MAC over ciphertext and name: the TPM refuses it under any other name. */
  private static Bytes protect(byte[] plain, byte[] seed, TpmPublic endorsement, TpmName name) {
    TpmHash hash = endorsement.nameHash();
    byte[] none = new byte[0];
    byte[] key = TpmKdf.kdfA(hash, seed, "STORAGE", name.toArray(), none, wrapBits(endorsement));
    byte[] framed = new TpmWriter().sized(plain).takeAndWipe();
    byte[] encrypted = TpmKdf.aesCfb(Cipher.ENCRYPT_MODE, key, new byte[16], framed);
    byte[] macKey = TpmKdf.kdfA(hash, seed, "INTEGRITY", none, none, hash.size() * 8);
    byte[] mac = TpmKdf.hmac(hash, macKey, encrypted, name.toArray());
    Arrays.fill(framed, (byte) 0);
    Arrays.fill(key, (byte) 0);
    Arrays.fill(macKey, (byte) 0);
    return Bytes.of(new TpmWriter().sized(mac).bytes(encrypted).toArray());
  }

  private static int wrapBits(TpmPublic endorsement) {
    return endorsement.parameters() instanceof EccParameters ecc
        ? ecc.wrap().keyBits()
        : ((RsaParameters) endorsement.parameters()).wrap().keyBits();
  }
}
