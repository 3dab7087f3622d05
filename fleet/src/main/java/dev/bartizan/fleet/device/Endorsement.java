// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import java.util.Optional;

/**
 * Who vouched, at enrolment, that a device's chip is one.
 *
 * @param digest of the maker's certificate (DER), or of the endorsement key that the operator has
 *     allowed (SubjectPublicKeyInfo)
 * @param shown what the maker's word was seen by, so that somebody else can look at it again
 */
public record Endorsement(By by, Digest digest, Optional<ShownEndorsement> shown) {
  /** Whose word it is. */
  public enum By {
    /** Its maker's, by a certificate. */
    MAKER("ek_certificate_sha256"),
    /** The operator's alone: there was no certificate. */
    OPERATOR("ek_allowed_sha256");

    private final String member;

    By(String member) {
      this.member = member;
    }

    /** How the device's file, and {@code device show}, call the digest. */
    String member() {
      return member;
    }
  }

  /** Without what it was seen by. */
  public Endorsement(By by, Digest digest) {
    this(by, digest, Optional.empty());
  }

  /** The maker's, by these certificates. */
  public static Endorsement ofMaker(Bytes certificate, Optional<ShownEndorsement> shown) {
    return new Endorsement(By.MAKER, Digest.of(certificate.toArray()), shown);
  }

  void write(ObjectNode document) {
    document.put(by.member(), digest.hex());
    shown.ifPresent(it -> it.write(document));
  }

  /** One of the two: a file that has lost its certificate's digest has not gained an operator. */
  static Endorsement read(JsonFields document, String what) throws Malformed {
    boolean allowed = document.has(By.OPERATOR.member());
    if (allowed && document.has(By.MAKER.member())) {
      throw new Malformed(what + ": the chip is vouched for by two");
    }
    By by = allowed ? By.OPERATOR : By.MAKER;
    Endorsement endorsement =
        new Endorsement(by, document.digest(by.member()), ShownEndorsement.find(document));
    if (endorsement.shown().isPresent()
        && !endorsement.shown().get().digest().equals(endorsement.digest())) {
      throw new Malformed(what + ".ek_chain is another chip's");
    }
    return endorsement;
  }
}
