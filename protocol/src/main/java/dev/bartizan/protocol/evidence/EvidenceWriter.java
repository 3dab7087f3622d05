// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.protocol.cose.CoseSign1;
import dev.bartizan.protocol.jws.KeystoreSigner;
import dev.bartizan.protocol.jws.StatementSigner;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the evidence of one device: claims under the identity key, bound to a fresh quote where the
 * keystore can quote.
 */
public final class EvidenceWriter {
  private static final Duration LIFETIME = Duration.ofMinutes(5);

  private final DeviceKeystore keystore;
  private final StatementSigner identity;
  private final PcrSelection bootPcrs;

  /**
   * @param bootPcrs what to quote besides the agent's own PCR
   */
  public EvidenceWriter(DeviceKeystore keystore, PcrSelection bootPcrs) {
    this.keystore = keystore;
    this.identity = new KeystoreSigner(keystore);
    this.bootPcrs = bootPcrs;
  }

  /**
   * Evidence for {@code nonce}. Nothing may be measured while this runs, or log and quote differ:
   * the caller sees to that.
   *
   * @param log what was measured since the start of the device
   * @throws IOException when the keystore cannot be reached now
   * @throws Refusal when the keystore will not sign or quote
   */
  public Evidence write(
      Nonce nonce, HealthClaims health, AgentLog log, BootLogs bootLogs, Instant now)
      throws IOException, Refusal {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    boolean attests = keystore.protection().kind().attests();
    EatClaims claims =
        new EatClaims(
            nonce,
            keystore.ueid(),
            second,
            second.plus(LIFETIME),
            health,
            attests ? Optional.empty() : Optional.of(log.digest()));
    CoseSign1 eat = CoseSign1.unsigned(identity.key(), EatClaims.TYPE, EatCbor.write(claims));
    Optional<Quote> quote = attests ? Optional.of(quote(nonce, log, eat)) : Optional.empty();
    return new Evidence(eat.signedBy(identity), quote, log, bootLogs);
  }

  private Quote quote(Nonce nonce, AgentLog log, CoseSign1 eat) throws IOException, Refusal {
    return keystore.quote(
        withAgentPcr(log), Evidence.qualification(nonce, eat.signingInputDigest()));
  }

  /** The bank to measure into: one that is quoted, and that a chip without SHA-256 has. */
  public TpmHash agentBank() {
    List<TpmHash> banks = bootPcrs.banks().stream().map(PcrBank::hash).toList();
    return banks.isEmpty() || banks.contains(TpmHash.SHA256) ? TpmHash.SHA256 : banks.get(0);
  }

  private PcrSelection withAgentPcr(AgentLog log) {
    List<PcrBank> banks = new ArrayList<>();
    int mask = 1 << log.pcr();
    for (PcrBank bank : bootPcrs.banks()) {
      if (bank.hash() == log.bank()) {
        mask |= bank.mask();
      } else {
        banks.add(bank);
      }
    }
    banks.add(0, new PcrBank(log.bank(), mask));
    return new PcrSelection(banks);
  }
}
