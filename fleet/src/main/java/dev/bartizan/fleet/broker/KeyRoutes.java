// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.attest.AttestationRoutes;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.http.Answer;
import dev.bartizan.fleet.http.Call;
import dev.bartizan.fleet.http.Route;
import dev.bartizan.protocol.attestation.KeyPaths;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.evidence.MissingLogs;
import java.io.IOException;
import java.time.Clock;
import java.util.List;

/** The key broker as HTTP, for devices with a certificate. */
public final class KeyRoutes {
  private final AttestedKeys keys;
  private final DeviceRegistry registry;
  private final Clock clock;

  public KeyRoutes(AttestedKeys keys, DeviceRegistry registry, Clock clock) {
    this.keys = keys;
    this.registry = registry;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(Route.post(KeyPaths.FOLDER, CompactEvidence.MAX_LENGTH, this::answer));
  }

  private Answer answer(Call call) throws IOException, Refusal {
    Device device = call.requireDevice(registry, clock.instant());
    String name = call.path().substring(KeyPaths.FOLDER.length());
    if (name.endsWith(KeyPaths.NONCE)) {
      Digest release = digest(name.substring(0, name.length() - KeyPaths.NONCE.length()));
      return Answer.json(keys.nonce(device, release).write());
    }
    try {
      return Answer.ok(
          KeyPaths.ENVELOPE_TYPE, keys.give(device, digest(name), call.body()).toArray());
    } catch (MissingLogs missing) {
      return AttestationRoutes.wanted(missing);
    }
  }

  private static Digest digest(String hex) throws Malformed {
    return JsonFields.parseDigest("the path", hex);
  }
}
