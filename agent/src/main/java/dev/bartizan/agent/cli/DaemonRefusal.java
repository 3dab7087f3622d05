// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;

/** What the daemon refused, in its own words. */
final class DaemonRefusal extends Refusal {
  private static final long serialVersionUID = 1L;
  private static final int MAX_LENGTH = 64 * 1024;
  private static final int MAX_TEXT = 4096;

  private final String code;

  private DaemonRefusal(String code, String message) {
    super(message);
    this.code = code;
  }

  static DaemonRefusal read(int status, byte[] body) {
    try {
      JsonFields fields = StrictJson.read(body, MAX_LENGTH, "the daemon's answer");
      return new DaemonRefusal(
          fields.findText("code", MAX_TEXT).orElse("HTTP_" + status),
          fields.text("error", MAX_TEXT));
    } catch (Malformed notOurs) {
      return new DaemonRefusal("HTTP_" + status, "the daemon answered with status " + status);
    }
  }

  @Override
  public String code() {
    return code;
  }
}
