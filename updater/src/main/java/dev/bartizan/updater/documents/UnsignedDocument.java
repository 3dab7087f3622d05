// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.documents;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;

/** Nobody whom this device trusts has signed these bytes under this name. */
public final class UnsignedDocument extends Refusal {
  private static final long serialVersionUID = 1L;

  UnsignedDocument(String path, Digest offered, String signed) {
    super(path + ": signed is " + signed + ", at hand is " + offered);
  }

  @Override
  public String code() {
    return "UNKNOWN_RELEASE";
  }
}
