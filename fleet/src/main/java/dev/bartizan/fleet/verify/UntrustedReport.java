// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Refusal;

/** A report does not show a state worth learning from. */
public final class UntrustedReport extends Refusal {
  private static final long serialVersionUID = 1L;

  UntrustedReport(String why) {
    super(why);
  }

  @Override
  public String code() {
    return "UNTRUSTED_REPORT";
  }
}
