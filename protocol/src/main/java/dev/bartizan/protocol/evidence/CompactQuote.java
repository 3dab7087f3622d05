// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ReplayedPcrs;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.QuoteAttest;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.cbor.CborFields;
import dev.bartizan.protocol.cbor.CborMembers;
import dev.bartizan.protocol.cbor.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A quote as it travels: the TPM's structures as they are, and of the PCR values only those that do
 * not follow from the logs.
 *
 * @param attest TPMS_ATTEST
 * @param signature TPMT_SIGNATURE
 * @param attestationKey TPMT_PUBLIC
 * @param values by bank and PCR; unsigned, as all values are, but the quote has their digest
 */
record CompactQuote(
    Bytes attest, Bytes signature, Bytes attestationKey, Map<TpmHash, Map<Integer, Bytes>> values) {
  private static final Label ATTEST = Label.of(1, "attest");
  private static final Label SIGNATURE = Label.of(2, "signature");
  private static final Label KEY = Label.of(3, "ak_public");
  private static final Label VALUES = Label.of(4, "pcrs");
  private static final int MAX_LENGTH = 16 * 1024;
  private static final int MAX_STRUCTURE = 4096;
  private static final int MAX_BANKS = 8;

  static CompactQuote of(Quote quote, AgentLog log, BootLogs bootLogs) {
    ReplayedPcrs replayed = ReplayedPcrs.of(bootLogs);
    Map<TpmHash, Map<Integer, Bytes>> untold = new TreeMap<>();
    for (PcrBank bank : quote.values().selection().banks()) {
      for (int pcr : bank.pcrs()) {
        Bytes held = quote.values().find(bank.hash(), pcr).orElseThrow();
        if (!told(bank.hash(), pcr, log, replayed).equals(Optional.of(held))) {
          untold.computeIfAbsent(bank.hash(), it -> new TreeMap<>()).put(pcr, held);
        }
      }
    }
    return new CompactQuote(quote.attest(), quote.signature(), quote.attestationKey(), untold);
  }

  /**
   * The quote with all its values.
   *
   * @throws Malformed when a value is missing that the logs do not tell either
   */
  Quote complete(AgentLog log, BootLogs bootLogs) throws Malformed {
    ReplayedPcrs replayed = ReplayedPcrs.of(bootLogs);
    PcrSelection selection = selection();
    List<Bytes> all = new ArrayList<>();
    for (PcrBank bank : selection.banks()) {
      for (int pcr : bank.pcrs()) {
        Optional<Bytes> given =
            Optional.ofNullable(values.getOrDefault(bank.hash(), Map.of()).get(pcr));
        all.add(
            given
                .or(() -> told(bank.hash(), pcr, log, replayed))
                .orElseThrow(() -> new Malformed("evidence.tpm: no value of " + bank + ":" + pcr)));
      }
    }
    try {
      return new Quote(attest, signature, attestationKey, new PcrValues(selection, all));
    } catch (IllegalArgumentException wrong) {
      throw new Malformed("evidence.tpm.pcrs: " + wrong.getMessage(), wrong);
    }
  }

  private static Optional<Bytes> told(TpmHash bank, int pcr, AgentLog log, ReplayedPcrs replayed) {
    return bank == log.bank() && pcr == log.pcr()
        ? Optional.of(log.replay())
        : replayed.find(bank, pcr);
  }

  /** Which PCRs were quoted is in what the TPM signed; whether it did is judged by others. */
  private PcrSelection selection() throws Malformed {
    try {
      return QuoteAttest.parse(attest).selection();
    } catch (TpmRefusal notAQuote) {
      throw new Malformed("evidence.tpm.attest: " + notAQuote.getMessage(), notAQuote);
    }
  }

  Bytes write() {
    CborMembers banks = new CborMembers();
    values.forEach(
        (bank, held) -> {
          CborMembers numbered = new CborMembers();
          held.forEach((pcr, value) -> numbered.put(Label.of(pcr, "pcr"), value));
          banks.put(Label.of(bank.id(), "bank"), numbered.map());
        });
    return new CborMembers()
        .put(ATTEST, attest)
        .put(SIGNATURE, signature)
        .put(KEY, attestationKey)
        .put(VALUES, banks.map())
        .map()
        .write();
  }

  static CompactQuote read(Bytes encoded) throws Malformed {
    CborFields quote = CborFields.read(encoded, MAX_LENGTH, "evidence.tpm");
    return new CompactQuote(
        quote.octets(ATTEST, MAX_STRUCTURE),
        quote.octets(SIGNATURE, MAX_STRUCTURE),
        quote.octets(KEY, MAX_STRUCTURE),
        readValues(quote.map(VALUES)));
  }

  private static Map<TpmHash, Map<Integer, Bytes>> readValues(CborFields banks) throws Malformed {
    Map<TpmHash, Map<Integer, Bytes>> values = new TreeMap<>();
    for (Map.Entry<Cbor, Cbor> bank : banks.members(MAX_BANKS).entrySet()) {
      String at = "evidence.tpm.pcrs";
      TpmHash hash =
          TpmHash.find(CborFields.number(at, bank.getKey()))
              .orElseThrow(() -> new Malformed(at + ": no such bank"));
      Map<Integer, Bytes> held = new TreeMap<>();
      CborFields numbered = CborFields.of(at, bank.getValue());
      for (Map.Entry<Cbor, Cbor> value : numbered.members(PcrBank.PCRS).entrySet()) {
        long pcr = CborFields.number(at, value.getKey());
        if (pcr >= PcrBank.PCRS) {
          throw new Malformed(at + ": there is no PCR " + pcr);
        }
        held.put((int) pcr, CborFields.octets(at, value.getValue(), hash.size()));
      }
      values.put(hash, held);
    }
    return values;
  }
}
