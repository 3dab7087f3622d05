// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

/** A command that {@link CommandVerifier} accepted; nothing else makes one. */
public final class AuthorisedCommand {
  private final Command command;
  private final String kid;
  private final String compact;

  AuthorisedCommand(Command command, String kid, String compact) {
    this.command = command;
    this.kid = kid;
    this.compact = compact;
  }

  public Command command() {
    return command;
  }

  /** The key that signed it, for the update history. */
  public String kid() {
    return kid;
  }

  /** The compact JWS as it came, for whoever must show it again later. */
  public String compact() {
    return compact;
  }
}
