// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.command.Farewell;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.jws.StatementKey;

/** Whether a device has really said that it has ended: the broker's word is not its word. */
public final class Retirement {
  private static final int MAX_SHOWN = 300;

  private Retirement() {}

  /**
   * The device's last message.
   *
   * @param device as the registry knows it
   * @param command that was to end it
   * @throws Refusal when the answer is no, or not this device's to this command
   */
  public static Farewell require(Device device, String command, CommandAnswer answer)
      throws Refusal {
    if (!answer.isDone()) {
      throw new NotEnded(device.ueid() + " has not ended: " + shown(answer));
    }
    Farewell farewell =
        Farewell.read(
            answer.document().path("result").path("farewell").asText(),
            StatementKey.of(device.identity().getPublicKey()));
    if (!farewell.command().equals(command)
        || !farewell.device().equals(SpiffeId.of(device.identity()).toUri().toString())) {
      throw new Malformed("the farewell is of another device or upon another command");
    }
    return farewell;
  }

  private static String shown(CommandAnswer answer) {
    String text = answer.document().toString();
    return text.substring(0, Math.min(text.length(), MAX_SHOWN));
  }

  /** The device lives. */
  private static final class NotEnded extends Refusal {
    private static final long serialVersionUID = 1L;

    NotEnded(String message) {
      super(message);
    }

    @Override
    public String code() {
      return "NOT_ENDED";
    }
  }
}
