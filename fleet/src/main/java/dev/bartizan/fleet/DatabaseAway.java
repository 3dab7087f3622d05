// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet;

import java.io.IOException;

/**
 * The database cannot be asked now, or went away in the middle: whether the change that was under
 * way counts is not known, and nothing that rests on it was given.
 */
public final class DatabaseAway extends IOException {
  private static final long serialVersionUID = 1L;

  public DatabaseAway(String message) {
    super(message);
  }

  public DatabaseAway(String message, Throwable cause) {
    super(message, cause);
  }
}
