// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.release.ReleaseRefusal.Code;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reference values of the boot chain, from what the PCRs of a golden device held. */
public final class BootReference {
  /** Of a file with PCR values; an event log may stand beside them. */
  public static final int MAX_LENGTH = 4 << 20;

  private static final int MAX_HEX = 128;

  private BootReference() {}

  /**
   * Takes the values of a file as {@code report unpack} or {@code bartizan eventlog --json} writes
   * it: {@code {"sha256":{"7":"hex"}}}, alone or as member {@code pcrs}.
   *
   * @param logs of the boot that led to them; their events become part of the reference
   * @throws ReleaseRefusal UNTRUSTED_REPORT unless the logs replay to the values
   */
  public static ReferenceValues read(String profile, byte[] json, BootLogs logs, String what)
      throws Refusal {
    PcrValues values = values(json, what);
    ChainVerdict replay = ReferenceValues.none(profile).judge(values, logs);
    if (replay.overall() == Verdict.BAD) {
      throw new ReleaseRefusal(
          Code.UNTRUSTED_REPORT, "there is nothing to learn: " + replay.faults());
    }
    ReferenceValues learned = ReferenceValues.learn(profile, values, logs);
    // Read back as devices will, so that what they would refuse is refused here.
    return ReferenceValues.parse(learned.toJson());
  }

  /** The values of such a file, whatever they are. */
  public static PcrValues values(byte[] json, String what) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what);
    JsonFields named = document.has("pcrs") ? document.object("pcrs") : document;
    List<PcrBank> banks = new ArrayList<>();
    List<Bytes> values = new ArrayList<>();
    try {
      for (String name : named.names()) {
        TpmHash bank =
            TpmHash.find(name).orElseThrow(() -> new Malformed(what + ": no such bank: " + name));
        Map<String, String> held = named.textMap(name, PcrBank.PCRS, MAX_HEX);
        banks.add(PcrBank.ofNumbers(bank, held.keySet()));
        for (int pcr : banks.get(banks.size() - 1).pcrs()) {
          values.add(Bytes.ofHex(String.valueOf(held.get(String.valueOf(pcr)))));
        }
      }
      return new PcrValues(new PcrSelection(banks), values);
    } catch (IllegalArgumentException notPcrs) {
      throw new Malformed(what + ": " + notPcrs.getMessage(), notPcrs);
    }
  }
}
