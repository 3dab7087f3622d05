// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;

/**
 * What a device answers to a command.
 *
 * @param device whose topic it came on
 * @param id {@code jti} of the command
 * @param status {@code accepted} while it works on it; then {@code done}, {@code refused} or {@code
 *     failed}
 * @param document the whole answer
 */
public record CommandAnswer(Ueid device, String id, String status, ObjectNode document) {
  private static final int MAX_LENGTH = 8 << 20;
  private static final int MAX_TEXT = 100;

  public CommandAnswer {
    document = document.deepCopy();
  }

  static CommandAnswer read(Ueid device, byte[] json) throws Malformed {
    JsonFields answer = StrictJson.read(json, MAX_LENGTH, "answer of " + device);
    return new CommandAnswer(
        device, answer.text("jti", MAX_TEXT), answer.text("status", MAX_TEXT), answer.tree());
  }

  /** Whether no other answer to this command will follow. */
  public boolean isFinal() {
    return !status.equals("accepted");
  }

  /** Whether the command was obeyed, to the end. */
  public boolean isDone() {
    return status.equals("done");
  }
}
