// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.http.Answer;
import dev.bartizan.fleet.http.Route;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.KeysBeginRequest;
import dev.bartizan.protocol.enrolment.KeysFinishRequest;
import dev.bartizan.protocol.enrolment.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The two pairs of requests of an enrolment as HTTP, for clients without a certificate. */
public final class EnrolmentRoutes {
  private final TpmEnrolment chips;
  private final Optional<TokenEnrolment> keys;

  /**
   * @param keys takes in devices without a chip, where the operator wants that
   */
  public EnrolmentRoutes(TpmEnrolment chips, Optional<TokenEnrolment> keys) {
    this.chips = chips;
    this.keys = keys;
  }

  public List<Route> routes() {
    return List.of(
        at(BeginRequest.PATH, body -> chips.begin(BeginRequest.read(body)).write()),
        at(FinishRequest.PATH, body -> chips.finish(FinishRequest.read(body)).write()),
        at(KeysBeginRequest.PATH, body -> keys().begin(KeysBeginRequest.read(body)).write()),
        at(KeysFinishRequest.PATH, body -> keys().finish(KeysFinishRequest.read(body)).write()));
  }

  private interface Step {
    byte[] take(byte[] body) throws IOException, Refusal;
  }

  private static Route at(String path, Step step) {
    return Route.post(path, Wire.MAX_LENGTH, call -> Answer.json(step.take(call.body().toArray())));
  }

  private TokenEnrolment keys() throws EnrolmentRefusal {
    return keys.orElseThrow(
        () ->
            new EnrolmentRefusal(
                EnrolmentRefusal.Reason.KEYSTORE_NOT_ACCEPTED,
                "only devices with a TPM are taken in here"));
  }
}
