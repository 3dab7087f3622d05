// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * Who wanted a deployment.
 *
 * @param kind what kind of wish
 * @param reference the command's {@code jti}, the policy's name, or the local account
 * @param by whose signature stands under it: key identifiers
 */
public record Initiator(Kind kind, String reference, String by) {
  /** Who may ask. */
  public enum Kind {
    /** A signed command: it may ask for a release that failed before. */
    COMMAND,
    /** The device's own autonomy policy. */
    POLICY,
    /** Somebody at the device. */
    LOCAL
  }

  public Initiator {
    OneLine.require("cause reference", reference, 200);
    OneLine.require("cause signer", by, 200);
  }

  public static Initiator command(String jti, String by) {
    return new Initiator(Kind.COMMAND, jti, by);
  }

  public static Initiator policy(String name, String by) {
    return new Initiator(Kind.POLICY, name, by);
  }

  public static Initiator local(String account) {
    return new Initiator(Kind.LOCAL, account, account);
  }
}
