// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.uplink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.enrol.GrantCheck;
import dev.bartizan.agent.enrol.HttpsEnrolmentService;
import dev.bartizan.agent.identity.Certificates;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.renewal.Attestation;
import dev.bartizan.agent.renewal.CredentialRenewal;
import dev.bartizan.agent.renewal.HttpsEst;
import dev.bartizan.agent.renewal.RenewalAttempt;
import dev.bartizan.agent.renewal.RenewalTiming;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Schedule;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The life of this device's credentials, as far as a server is configured that renews them. */
final class CredentialLife {
  /** Handing over, taking up and storing; the servers are asked elsewhere. */
  private static final Duration BRIEF = Duration.ofMinutes(2);

  private final AgentConfig.Fleet fleet;
  private final DeviceKeystore keystore;
  private final CredentialStore credentials;
  private final InstantSource clock;
  private final Optional<Attestation> attestation;
  private final Optional<CredentialRenewal> renewal;

  /**
   * @param attestation how this device proves itself when the server asks for that first
   * @param renewed called when there is a new certificate
   */
  CredentialLife(
      AgentConfig.Fleet fleet,
      Trust trust,
      Optional<Attestation> attestation,
      Worker worker,
      SecureRandom random,
      Runnable renewed) {
    this.fleet = fleet;
    this.keystore = trust.keystore();
    this.credentials = trust.credentials();
    this.clock = trust.clock();
    this.attestation = attestation;
    this.renewal =
        fleet
            .server()
            .map(
                server ->
                    new CredentialRenewal(
                        credentials,
                        () -> attempt(server),
                        worker,
                        new RenewalTiming(random),
                        clock,
                        renewed));
  }

  void schedule(Schedule schedule) {
    renewal.ifPresent(task -> schedule.add(Part.UPLINK, "credentials", BRIEF, task::turn));
  }

  private RenewalAttempt attempt(URI server) throws IOException, Refusal {
    List<X509Certificate> anchors = Certificates.read(fleet.trustAnchors());
    return new RenewalAttempt(
        keystore,
        new RenewalAttempt.Servers(
            new HttpsEst(server, keystore, credentials::identityChain, anchors),
            new HttpsEnrolmentService(server, anchors),
            attestation),
        new GrantCheck(anchors, clock));
  }

  /** Its part of {@code status}. */
  void describe(ObjectNode status) {
    X509Certificate identity = credentials.identityChain().get(0);
    ObjectNode own =
        status
            .putObject("credentials")
            .put("subject", identity.getSubjectX500Principal().getName())
            .put("not_after", identity.getNotAfter().toInstant().toString());
    renewal.ifPresentOrElse(
        task -> task.describe(own), () -> own.put("next_renewal", "no server configured"));
  }
}
