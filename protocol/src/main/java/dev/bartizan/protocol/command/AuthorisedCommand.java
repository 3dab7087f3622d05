// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

/** A command that {@link CommandVerifier} accepted; nothing else makes one. */
public final class AuthorisedCommand {
  private final Command command;
  private final String kid;

  AuthorisedCommand(Command command, String kid) {
    this.command = command;
    this.kid = kid;
  }

  public Command command() {
    return command;
  }

  /** The key that signed it, for the update history. */
  public String kid() {
    return kid;
  }
}
