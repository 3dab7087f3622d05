// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Refusal;

/** What was asked of the installer cannot be granted as things stand; nothing was changed. */
public final class InstallRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Code {
    /** Another deployment is under way. */
    BUSY,
    /** The release failed here before; a signed command may insist. */
    KNOWN_BAD,
    /** The release is the active one. */
    ALREADY_ACTIVE,
    /** There is no earlier release to go back to. */
    NO_PREVIOUS,
    /** The deployment named is not under way. */
    NOT_UNDER_WAY
  }

  private final Code code;

  InstallRefusal(Code code, String message) {
    super(message);
    this.code = code;
  }

  @Override
  public String code() {
    return code.name();
  }

  public Code reason() {
    return code;
  }
}
