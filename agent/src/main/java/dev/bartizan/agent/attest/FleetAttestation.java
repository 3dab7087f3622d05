// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.attest;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.identity.Certificates;
import dev.bartizan.agent.identity.FleetHttps;
import dev.bartizan.agent.identity.FleetTls;
import dev.bartizan.agent.renewal.Attestation;
import dev.bartizan.agent.report.Attester;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.attestation.AttestationPaths;
import dev.bartizan.protocol.attestation.KeyPaths;
import dev.bartizan.protocol.evidence.HealthClaims;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fleet's server as this device asks it: for an opinion of its evidence, and for keys. */
public final class FleetAttestation implements Attestation, KeyServer {
  private final EvidenceExchange exchange;

  private FleetAttestation(EvidenceExchange exchange) {
    this.exchange = exchange;
  }

  /** With what {@code attester} shows; none where no server is configured. */
  public static Optional<FleetAttestation> of(
      AgentConfig.Fleet fleet, Trust trust, Attester attester) {
    return fleet
        .server()
        .map(
            server ->
                new FleetHttps(
                    server,
                    () ->
                        FleetTls.of(
                            trust.keystore(),
                            trust.credentials()::identityChain,
                            Certificates.read(fleet.trustAnchors()))))
        .map(https -> new FleetAttestation(new EvidenceExchange(https, attester)));
  }

  /**
   * Shows what the chip vouches for, and claims nothing besides: whoever asks for a key is judged
   * by how it booted, by its agent and by what that has loaded.
   */
  public static Optional<FleetAttestation> forKeys(
      AgentConfig config, String version, Trust trust) {
    Attester attester =
        new Attester(
            trust.measurements(),
            () ->
                new HealthClaims(
                    version,
                    Duration.ZERO,
                    trust.keystore().protection().kind().text(),
                    List.of(),
                    Map.of(),
                    trust.policy().digest(),
                    Optional.empty(),
                    Map.of()),
            config.device().bootLogs(),
            trust.clock());
    return of(config.fleet(), trust, attester);
  }

  @Override
  public void attest() throws IOException, Refusal {
    exchange.show(AttestationPaths.NONCE, AttestationPaths.EVIDENCE);
  }

  @Override
  public Bytes keyOf(Digest release) throws IOException, Refusal {
    return exchange.show(KeyPaths.nonce(release), KeyPaths.key(release));
  }
}
