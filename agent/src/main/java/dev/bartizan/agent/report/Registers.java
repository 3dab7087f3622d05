// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.io.IOException;
import java.util.Set;

/** The PCRs of this device, as whoever measures needs them. */
public interface Registers {
  /** What they hold now. */
  PcrValues read(PcrSelection selection) throws IOException, Refusal;

  /**
   * Extends one of this bank.
   *
   * @throws IOException also when the answer was lost: it has happened then, or has not
   */
  void extend(TpmHash bank, int pcr, Bytes measurement) throws IOException, Refusal;

  /** Those that must be left as they are, or the unwrap key closes. */
  Set<Integer> bound() throws IOException;

  /** Those of the keystore's chip. */
  static Registers of(DeviceKeystore keystore) {
    return new Registers() {
      @Override
      public PcrValues read(PcrSelection selection) throws IOException, Refusal {
        return keystore.readPcrs(selection);
      }

      @Override
      public void extend(TpmHash bank, int pcr, Bytes measurement) throws IOException, Refusal {
        keystore.measure(bank, pcr, measurement);
      }

      @Override
      public Set<Integer> bound() throws IOException {
        return keystore.boundPcrs();
      }
    };
  }
}
