// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.QuoteAttest;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Evidence as files, for people and for other tools:
 *
 * <pre>
 * tpm2_checkquote -u ak.pem -m quote.msg -s quote.sig -g sha256 -q "$(cat qualification.hex)"
 * </pre>
 *
 * <p>Nothing is verified here.
 */
public final class ReportFiles {
  /** All that there can be. */
  public static final List<String> NAMES =
      List.of(
          "agent-log.json",
          "claims.json",
          "eat.cwt",
          "uefi-log.bin",
          "systemd-log.jsonseq",
          "quote.msg",
          "quote.sig",
          "ak.pem",
          "qualification.hex",
          "pcrs.json");

  private ReportFiles() {}

  /** Writes the members of {@code evidence} into {@code target}. */
  public static void write(Evidence evidence, SharedDirectory target) throws IOException, Refusal {
    if (evidence.quote().isPresent()) {
      write(evidence.quote().get(), evidence.log(), target);
    }
    target.write("agent-log.json", evidence.log().write());
    target.write("claims.json", StrictJson.writeIndented(evidence.unverifiedClaims().toJson()));
    target.write("eat.cwt", evidence.eat().write().toArray());
    if (evidence.bootLogs().firmware().isPresent()) {
      target.write("uefi-log.bin", evidence.bootLogs().firmware().get().toArray());
    }
    if (evidence.bootLogs().userspace().isPresent()) {
      target.write("systemd-log.jsonseq", evidence.bootLogs().userspace().get().toArray());
    }
  }

  private static void write(Quote quote, AgentLog log, SharedDirectory target)
      throws IOException, Refusal {
    target.write("quote.msg", quote.attest().toArray());
    target.write("quote.sig", quote.signature().toArray());
    target.write("ak.pem", ascii(akPem(quote)));
    target.write("qualification.hex", ascii(qualification(quote) + "\n"));
    target.write("pcrs.json", StrictJson.writeIndented(pcrs(quote.values(), log)));
  }

  private static String akPem(Quote quote) throws Refusal {
    return Pem.ofPublicKey(TpmPublic.parse(quote.attestationKey()).toPublicKey());
  }

  private static String qualification(Quote quote) throws Refusal {
    Bytes extraData = QuoteAttest.parse(quote.attest()).header().extraData();
    return extraData.hex();
  }

  /** As the boot left them, for {@code release reference}: the agent's own has a log of its own. */
  private static ObjectNode pcrs(PcrValues values, AgentLog log) {
    ObjectNode banks = StrictJson.object();
    for (PcrBank bank : values.selection().banks()) {
      ObjectNode held = banks.putObject(bank.hash().text());
      for (int pcr : bank.pcrs()) {
        if (pcr != log.pcr() || bank.hash() != log.bank()) {
          held.put(String.valueOf(pcr), values.find(bank.hash(), pcr).orElseThrow().hex());
        }
      }
    }
    return banks;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
