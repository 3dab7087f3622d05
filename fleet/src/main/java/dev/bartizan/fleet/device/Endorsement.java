// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;

/**
 * Who vouched, at enrolment, that a device's chip is one.
 *
 * @param digest of the maker's certificate (DER), or of the endorsement key that the operator has
 *     allowed (SubjectPublicKeyInfo)
 */
public record Endorsement(By by, Digest digest) {
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

  /** One of the two: a file that has lost its certificate's digest has not gained an operator. */
  static Endorsement read(JsonFields document, String what) throws Malformed {
    boolean allowed = document.has(By.OPERATOR.member());
    if (allowed && document.has(By.MAKER.member())) {
      throw new Malformed(what + ": the chip is vouched for by two");
    }
    By by = allowed ? By.OPERATOR : By.MAKER;
    return new Endorsement(by, document.digest(by.member()));
  }
}
