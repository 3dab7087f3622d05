// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmHash;
import java.io.IOException;

/** What a chip's boot PCRs hold now, in the form that {@code release reference --pcrs} takes. */
public final class ReferencePcrs {
  private static final int LAST_BOOT_PCR = 9;

  private ReferencePcrs() {}

  public static String of(Swtpm chip) throws IOException {
    ObjectNode document = new ObjectMapper().createObjectNode();
    ObjectNode bank = document.putObject("sha256");
    try (Tpm tpm = chip.open()) {
      PcrValues values = tpm.pcrs().read(PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9"));
      for (int pcr = 0; pcr <= LAST_BOOT_PCR; pcr++) {
        Bytes value = values.find(TpmHash.SHA256, pcr).orElseThrow();
        bank.put(String.valueOf(pcr), value.hex());
      }
    }
    return document.toString();
  }
}
