// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.local;

import dev.bartizan.agent.attest.AcmeAttester;
import dev.bartizan.agent.control.ControlRoute;
import dev.bartizan.agent.report.Attester;
import dev.bartizan.agent.uplink.DeviceStatus;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;

/** The running daemon, as local commands see it. */
final class DaemonControl implements ControlRoute.Daemon {
  private final DeviceStatus status;
  private final LocalCheck check;
  private final Surroundings surroundings;
  private final LocalHistory history;
  private final Attester attester;
  private final AcmeAttester acme;
  private final LocalUpdates updates;

  DaemonControl(
      DeviceStatus status,
      LocalCheck check,
      Surroundings surroundings,
      LocalHistory history,
      Attester attester,
      AcmeAttester acme,
      LocalUpdates updates) {
    this.status = status;
    this.check = check;
    this.surroundings = surroundings;
    this.history = history;
    this.attester = attester;
    this.acme = acme;
    this.updates = updates;
  }

  @Override
  public byte[] status() {
    return StrictJson.write(status.document());
  }

  @Override
  public byte[] check() throws IOException, Refusal, InterruptedException {
    return check.document();
  }

  @Override
  public byte[] surroundings() {
    return surroundings.toJson();
  }

  @Override
  public byte[] history() throws IOException, Refusal {
    return history.document();
  }

  @Override
  public byte[] attest(String nonce) throws IOException, Refusal {
    return attester.report(nonce);
  }

  @Override
  public byte[] acme(String keyAuthorization) throws IOException, Refusal {
    return acme.payload(keyAuthorization);
  }

  @Override
  public byte[] update(JsonFields wish) throws IOException, Refusal, InterruptedException {
    return updates.update(wish);
  }

  @Override
  public byte[] rollback(String model) throws IOException, Refusal, InterruptedException {
    return updates.rollback(model);
  }
}
