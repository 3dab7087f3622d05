// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cose;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.cbor.CborFields;
import dev.bartizan.protocol.cbor.CborMembers;
import dev.bartizan.protocol.cbor.Label;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.protocol.jws.StatementSigner;
import java.io.IOException;
import java.util.List;

/**
 * A COSE_Sign1 message (RFC 9052, 4.2), taken apart but not believed: the payload comes out only
 * through {@link #payload(StatementKey)}.
 *
 * <p>It has no key id: whoever is to verify it learns from the payload who is speaking, and knows
 * the key of that one.
 *
 * @param protectedHeader as it was signed: the bytes received
 * @param content the payload, likewise
 * @param signature as it came
 */
public record CoseSign1(Bytes protectedHeader, Bytes content, Bytes signature) {
  private static final long TAG = 18;
  private static final int MEMBERS = 4;
  private static final int MAX_HEADER = 256;
  private static final int MAX_TEXT = 200;
  private static final int MAX_SIGNATURE = 64;
  private static final String CONTEXT = "Signature1";
  private static final Label ALGORITHM = Label.of(1, "alg");
  private static final Label CRITICAL = Label.of(2, "crit");

  /** What is signed (RFC 9596). */
  private static final Label TYPE = Label.of(16, "typ");

  /**
   * Takes one apart.
   *
   * @param limit the most bytes to look at
   */
  public static CoseSign1 parse(Bytes encoded, int limit, String what) throws Malformed {
    if (!(Cbor.read(encoded, limit, what) instanceof Cbor.Tagged tagged) || tagged.tag() != TAG) {
      throw new Malformed(what + " is no COSE_Sign1");
    }
    List<Cbor> members = CborFields.array(what, tagged.item(), MEMBERS);
    if (members.size() != MEMBERS) {
      throw new Malformed(what + " has " + members.size() + " members, not " + MEMBERS);
    }
    // Nothing here needs what is not signed.
    CborFields.of(what + " unprotected header", members.get(1)).members(0);
    CoseSign1 message =
        new CoseSign1(
            CborFields.octets(what + " header", members.get(0), MAX_HEADER),
            CborFields.octets(what + " payload", members.get(2), limit),
            CborFields.octets(what + " signature", members.get(3), MAX_SIGNATURE));
    if (message.header().has(CRITICAL)) {
      throw new Malformed(what + " header asks for extensions we do not have");
    }
    return message;
  }

  /** What kind of content it says it has. */
  public String type() throws Malformed {
    return header().text(TYPE, MAX_TEXT);
  }

  /** The payload, now that {@code key} has been seen to have signed it. */
  public Bytes payload(StatementKey key) throws BadSignature, Malformed {
    Cbor algorithm = header().members(MAX_HEADER).get(ALGORITHM.key());
    if (!Cbor.of(key.coseAlgorithm()).equals(algorithm)) {
      throw new BadSignature("key " + key.kid() + " does not sign with what the header names");
    }
    key.requireSigned(signingInput().toArray(), signature);
    return content;
  }

  /** For whoever must read a name before he can find the key. Believe nothing of it. */
  public Bytes unverifiedPayload() {
    return content;
  }

  public Digest signingInputDigest() {
    return Digest.of(signingInput().asBuffer());
  }

  /** As it travels. */
  public Bytes write() {
    Cbor noHeader = new CborMembers().map();
    return new Cbor.Tagged(
            TAG,
            Cbor.array(Cbor.of(protectedHeader), noHeader, Cbor.of(content), Cbor.of(signature)))
        .write();
  }

  /** One that is not signed yet. */
  public static CoseSign1 unsigned(StatementKey key, String type, Bytes content) {
    Bytes header =
        new CborMembers().put(ALGORITHM, key.coseAlgorithm()).put(TYPE, type).map().write();
    return new CoseSign1(header, content, Bytes.empty());
  }

  /** The same, signed. */
  public CoseSign1 signedBy(StatementSigner signer) throws IOException, Refusal {
    byte[] made = signer.sign(signingInput().toArray());
    return new CoseSign1(protectedHeader, content, Bytes.of(made));
  }

  /** {@code Sig_structure} (RFC 9052, 4.4), without external data. */
  private Bytes signingInput() {
    return Cbor.array(
            Cbor.of(CONTEXT), Cbor.of(protectedHeader), Cbor.of(Bytes.empty()), Cbor.of(content))
        .write();
  }

  private CborFields header() throws Malformed {
    return CborFields.read(protectedHeader, MAX_HEADER, "COSE header");
  }
}
