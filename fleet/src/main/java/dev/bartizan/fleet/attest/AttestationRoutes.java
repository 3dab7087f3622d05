// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.attest;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.http.Answer;
import dev.bartizan.fleet.http.Call;
import dev.bartizan.fleet.http.Route;
import dev.bartizan.protocol.attestation.AttestationPaths;
import dev.bartizan.protocol.attestation.LogsWanted;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.MissingLogs;
import dev.bartizan.protocol.jws.StatementSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Attestation as HTTP, for devices with a certificate. */
public final class AttestationRoutes {
  private static final int CONFLICT = 409;
  private static final int NO_CONTENT = 204;
  private static final String JSON = "application/json";

  private final Attestation attestation;
  private final DeviceRegistry registry;
  private final StatementSigner verifier;
  private final Clock clock;

  /**
   * @param verifier signs the results
   */
  public AttestationRoutes(
      Attestation attestation, DeviceRegistry registry, StatementSigner verifier, Clock clock) {
    this.attestation = attestation;
    this.registry = registry;
    this.verifier = verifier;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(AttestationPaths.NONCE, 0, this::nonce),
        Route.post(AttestationPaths.EVIDENCE, CompactEvidence.MAX_LENGTH, this::evidence),
        Route.post(AttestationPaths.LOGS, Evidence.MAX_BOOT_LOG, this::log));
  }

  private Answer nonce(Call call) throws IOException, Refusal {
    return Answer.json(attestation.nonce(device(call).ueid()).write());
  }

  private Answer evidence(Call call) throws IOException, Refusal {
    Device device = device(call);
    try {
      String result =
          attestation.appraise(device, CompactEvidence.read(call.body())).sign(verifier);
      return Answer.ok(AttestationPaths.RESULT_TYPE, result.getBytes(StandardCharsets.US_ASCII));
    } catch (MissingLogs missing) {
      return wanted(missing);
    }
  }

  /** That logs have to be brought first. */
  public static Answer wanted(MissingLogs missing) {
    byte[] body = new LogsWanted(missing.digests()).write();
    return new Answer(CONFLICT, JSON, Map.of(), Bytes.of(body));
  }

  private Answer log(Call call) throws IOException, Refusal {
    attestation.bring(device(call).ueid(), digest(call), call.body());
    return new Answer(NO_CONTENT, JSON, Map.of(), Bytes.empty());
  }

  private static Digest digest(Call call) throws Malformed {
    return JsonFields.parseDigest(
        "the path", call.path().substring(AttestationPaths.LOGS.length()));
  }

  private Device device(Call call) throws IOException, Refusal {
    return call.requireDevice(registry, clock.instant());
  }
}
