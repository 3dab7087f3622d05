// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** PCRs were asked for in a bank that this TPM does not keep. */
public final class BankNotActive extends IOException {
  private static final long serialVersionUID = 1L;

  private final TpmHash asked;
  private final List<TpmHash> active;

  BankNotActive(TpmHash asked, List<TpmHash> active) {
    super(
        "this TPM keeps no bank "
            + asked.text()
            + " of PCRs; active: "
            + names(active)
            + ": say so in keystore.boot_pcrs and keystore.bound_pcrs (\""
            + active.stream().map(TpmHash::text).findFirst().orElse("sha256")
            + ":7\"), or have the firmware activate "
            + asked.text());
    this.asked = asked;
    this.active = List.copyOf(active);
  }

  private static String names(List<TpmHash> banks) {
    String names = banks.stream().map(TpmHash::text).collect(Collectors.joining(", "));
    return names.isEmpty() ? "none" : names;
  }

  public TpmHash asked() {
    return asked;
  }

  /** Those there are instead. */
  public List<TpmHash> active() {
    return active;
  }
}
