// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.attest;

import dev.bartizan.agent.identity.FleetHttps;
import dev.bartizan.crypto.Refusal;

/** The fleet's server says no; its code is ours. */
public final class ServerRefused extends Refusal {
  private static final long serialVersionUID = 1L;

  private final String code;

  private ServerRefused(String code, String message) {
    super(message);
    this.code = code;
  }

  static ServerRefused of(FleetHttps.Reply reply) {
    return reply
        .reason()
        .map(reason -> new ServerRefused(reason.code(), reason.message()))
        .orElseGet(
            () -> new ServerRefused("REFUSED", "the server says no (HTTP " + reply.status() + ")"));
  }

  @Override
  public String code() {
    return code;
  }
}
