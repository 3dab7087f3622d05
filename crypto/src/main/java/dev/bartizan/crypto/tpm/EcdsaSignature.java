// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;

/**
 * An ECDSA signature by a TPM.
 *
 * @param r as the TPM wrote it; some strip leading zeros
 * @param s as the TPM wrote it
 */
public record EcdsaSignature(TpmHash hash, Bytes r, Bytes s) implements TpmSignature {
  static final int SCHEME = 0x0018;

  static EcdsaSignature read(TpmHash hash, TpmReader in) throws TpmRefusal {
    int limit = TpmCurve.P384.size();
    return new EcdsaSignature(hash, Bytes.of(in.sized(limit)), Bytes.of(in.sized(limit)));
  }

  /**
   * Reads DER {@code SEQUENCE { r, s }}; whether it is minimal does not matter to a TPM.
   *
   * @throws TpmRefusal when it is none
   */
  public static EcdsaSignature ofDer(TpmHash hash, Bytes der) throws TpmRefusal {
    TpmReader in = new TpmReader(der.toArray());
    if (in.u8() != 0x30 || in.u8() != in.remaining()) {
      throw TpmRefusal.malformed("not a DER sequence");
    }
    Bytes r = integer(in);
    Bytes s = integer(in);
    in.end();
    return new EcdsaSignature(hash, r, s);
  }

  private static Bytes integer(TpmReader in) throws TpmRefusal {
    if (in.u8() != 0x02) {
      throw TpmRefusal.malformed("not a DER integer");
    }
    BigInteger number = new BigInteger(1, in.bytes(in.u8()));
    byte[] signed = number.toByteArray();
    int zeros = signed.length > 1 && signed[0] == 0 ? 1 : 0;
    if (signed.length - zeros > TpmCurve.P384.size()) {
      throw TpmRefusal.malformed("a DER integer of " + signed.length + " bytes");
    }
    return Bytes.of(Arrays.copyOfRange(signed, zeros, signed.length));
  }

  @Override
  public Bytes encode() {
    TpmWriter out = new TpmWriter().u16(SCHEME).u16(hash.id());
    return Bytes.of(out.sized(r.toArray()).sized(s.toArray()).toArray());
  }

  /** The same as DER {@code SEQUENCE { r, s }}, minimal, as X.509 and TLS want it. */
  public Bytes der() {
    byte[] first = new BigInteger(1, r.toArray()).toByteArray();
    byte[] second = new BigInteger(1, s.toArray()).toByteArray();
    TpmWriter out = new TpmWriter();
    // P-384 at most: 2 * (2 + 49) bytes, so every length fits in one byte below 0x80.
    out.u8(0x30).u8(2 + first.length + 2 + second.length);
    out.u8(0x02).u8(first.length).bytes(first);
    out.u8(0x02).u8(second.length).bytes(second);
    return Bytes.of(out.toArray());
  }

  @Override
  public void requireBy(PublicKey key, Bytes message) throws TpmRefusal {
    if (!(key instanceof ECPublicKey ecKey)) {
      throw bad("an ECDSA signature for a key that is not on a curve");
    }
    if (hash == TpmHash.SHA1) {
      throw TpmRefusal.unsupported("an ECDSA signature over SHA-1");
    }
    byte[] exact = exactLength(ecKey);
    try {
      Signature ecdsa =
          Signature.getInstance(hash.jcaName().replace("-", "") + "withECDSAinP1363Format");
      ecdsa.initVerify(ecKey);
      ecdsa.update(message.asBuffer());
      if (!ecdsa.verify(exact)) {
        throw bad("the ECDSA signature is not this key's over these bytes");
      }
    } catch (GeneralSecurityException refused) {
      throw new TpmRefusal(
          TpmRefusal.Reason.BAD_SIGNATURE, "the ECDSA signature cannot be checked", refused);
    }
  }

  /** Both numbers in [1, order), at the length of the curve: the JDK does not insist on that. */
  private byte[] exactLength(ECPublicKey key) throws TpmRefusal {
    TpmCurve curve = TpmCurve.of(key);
    BigInteger order = key.getParams().getOrder();
    TpmWriter out = new TpmWriter();
    for (Bytes part : new Bytes[] {r, s}) {
      BigInteger number = new BigInteger(1, part.toArray());
      if (number.signum() == 0 || number.compareTo(order) >= 0) {
        throw bad("a number of the ECDSA signature is out of range");
      }
      out.bytes(curve.fixed(number));
    }
    return out.toArray();
  }

  private static TpmRefusal bad(String message) {
    return new TpmRefusal(TpmRefusal.Reason.BAD_SIGNATURE, message);
  }
}
