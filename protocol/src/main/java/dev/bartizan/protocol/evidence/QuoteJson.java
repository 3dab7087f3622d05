// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The {@code tpm} member of evidence: a quote as JSON, its TPM structures as they are. */
final class QuoteJson {
  private static final int MAX_LENGTH = 64 * 1024;
  private static final int MAX_STRUCTURE = 4096;
  private static final int MAX_BANKS = 8;
  private static final int MAX_HEX = 128;

  private QuoteJson() {}

  static byte[] write(Quote quote) {
    ObjectNode document = StrictJson.object();
    document.put("attest", Base64Url.encode(quote.attest()));
    document.put("signature", Base64Url.encode(quote.signature()));
    document.put("ak_public", Base64Url.encode(quote.attestationKey()));
    ArrayNode banks = document.putArray("pcrs");
    for (PcrBank bank : quote.values().selection().banks()) {
      write(bank, quote.values(), banks.addObject());
    }
    return StrictJson.write(document);
  }

  static Quote read(byte[] json) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, "tpm");
    return new Quote(
        document.base64url("attest", MAX_STRUCTURE),
        document.base64url("signature", MAX_STRUCTURE),
        document.base64url("ak_public", MAX_STRUCTURE),
        readValues(document.objects("pcrs", MAX_BANKS)));
  }

  private static void write(PcrBank bank, PcrValues values, ObjectNode node) {
    node.put("bank", bank.hash().text());
    ObjectNode held = node.putObject("values");
    for (int pcr : bank.pcrs()) {
      held.put(String.valueOf(pcr), values.find(bank.hash(), pcr).orElseThrow().hex());
    }
  }

  private static PcrValues readValues(List<JsonFields> documents) throws Malformed {
    try {
      List<PcrBank> banks = new ArrayList<>();
      List<Bytes> values = new ArrayList<>();
      for (JsonFields document : documents) {
        Map<String, String> held = document.textMap("values", PcrBank.PCRS, MAX_HEX);
        TpmHash hash =
            TpmHash.find(document.text("bank", MAX_HEX))
                .orElseThrow(() -> new Malformed("tpm.pcrs: no such bank"));
        PcrBank bank = PcrBank.ofNumbers(hash, held.keySet());
        banks.add(bank);
        for (int pcr : bank.pcrs()) {
          values.add(Bytes.of(HexFormat.of().parseHex(held.get(String.valueOf(pcr)))));
        }
      }
      return new PcrValues(new PcrSelection(banks), values);
    } catch (IllegalArgumentException wrong) {
      throw new Malformed("tpm.pcrs: " + wrong.getMessage(), wrong);
    }
  }
}
