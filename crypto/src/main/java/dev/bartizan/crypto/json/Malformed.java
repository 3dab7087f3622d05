// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.json;

import dev.bartizan.crypto.Refusal;

/** Bytes from outside that are not the document they should be; the message names the field. */
public final class Malformed extends Refusal {
  private static final long serialVersionUID = 1L;

  public Malformed(String what) {
    super(what);
  }

  public Malformed(String what, Throwable cause) {
    super(what, cause);
  }

  @Override
  public String code() {
    return "MALFORMED";
  }
}
