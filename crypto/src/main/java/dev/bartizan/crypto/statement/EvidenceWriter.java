package dev.bartizan.crypto.statement;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.TpmHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Makes the evidence of one device: claims under the identity key, bound to a fresh quote. */
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
    EatClaims claims = new EatClaims(nonce, keystore.ueid(), second, second.plus(LIFETIME), health);
    String input = CompactJws.signingInput(identity.key(), EatClaims.TYPE, claims.toJson());
    Digest inputDigest = Digest.of(input.getBytes(StandardCharsets.US_ASCII));
    Quote quote =
        keystore.quote(withAgentPcr(log.pcr()), Evidence.qualification(nonce, inputDigest));
    return new Evidence(CompactJws.sign(identity, input), quote, log, bootLogs);
  }

  private PcrSelection withAgentPcr(int pcr) {
    List<PcrBank> banks = new ArrayList<>();
    int mask = 1 << pcr;
    for (PcrBank bank : bootPcrs.banks()) {
      if (bank.hash() == TpmHash.SHA256) {
        mask |= bank.mask();
      } else {
        banks.add(bank);
      }
    }
    banks.add(0, new PcrBank(TpmHash.SHA256, mask));
    return new PcrSelection(banks);
  }
}
