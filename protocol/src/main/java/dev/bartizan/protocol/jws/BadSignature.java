// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import dev.bartizan.crypto.Refusal;

/** A statement was not signed by the key it must be from; its content was not looked at. */
public final class BadSignature extends Refusal {
  private static final long serialVersionUID = 1L;

  public BadSignature(String message) {
    super(message);
  }

  @Override
  public String code() {
    return "BAD_SIGNATURE";
  }
}
