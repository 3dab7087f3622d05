// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import org.jspecify.annotations.Nullable;

/** Why a chain of certificates does not hold, in the validator's words. */
final class NotValid extends Exception {
  private static final long serialVersionUID = 1L;

  NotValid(String message) {
    this(message, null);
  }

  NotValid(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
