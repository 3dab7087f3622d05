// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.install.UpdateState;
import java.util.Locale;

/**
 * The answer to a command: {@code {"jti":…,"status":…}} with a {@code result} or an {@code error}
 * (docs/wire-formats.md, "Answers").
 */
public record Reply(String id, Status status, ObjectNode body) {
  /** How far the command has come. */
  public enum Status {
    /** Taken on; another answer follows. */
    ACCEPTED,
    /** Obeyed, to the end. */
    DONE,
    /** The answer is no. */
    REFUSED,
    /** It could not be done now. */
    FAILED
  }

  /** Done, with facts. */
  public static Reply done(String id, ObjectNode facts) {
    ObjectNode body = StrictJson.object();
    body.set("result", facts);
    return new Reply(id, Status.DONE, body);
  }

  /** Taken on; how it ended follows. */
  public static Reply accepted(String id) {
    return new Reply(id, Status.ACCEPTED, StrictJson.object());
  }

  /** How a deployment ended that a command asked for. */
  public static Reply ended(String id, ObjectNode facts, UpdateState end) {
    ObjectNode body = StrictJson.object();
    body.set("result", facts);
    return new Reply(id, end == UpdateState.COMMITTED ? Status.DONE : Status.REFUSED, body);
  }

  /** The answer is no. */
  public static Reply refused(String id, Refusal refusal) {
    return error(id, Status.REFUSED, refusal.code(), refusal.getMessage());
  }

  /** A command this version does not know. */
  public static Reply unknown(String id, String name) {
    return error(id, Status.REFUSED, "UNKNOWN_COMMAND", "this agent knows no command " + name);
  }

  /** The world did not play along. */
  public static Reply failed(String id, String why) {
    return error(id, Status.FAILED, "NOT_NOW", why);
  }

  private static Reply error(String id, Status status, String code, String message) {
    ObjectNode body = StrictJson.object();
    body.putObject("error").put("code", code).put("message", message);
    return new Reply(id, status, body);
  }

  /** As it travels. */
  public Bytes toJson() {
    ObjectNode json =
        StrictJson.object().put("jti", id).put("status", status.name().toLowerCase(Locale.ROOT));
    json.setAll(body);
    return Bytes.of(StrictJson.write(json));
  }
}
