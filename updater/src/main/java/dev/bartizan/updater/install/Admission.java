// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/** What became of a request. */
public enum Admission {
  /** Durably accepted: it will reach an end, and that will be announced. */
  ACCEPTED,
  /** The same deployment was accepted before; nothing was changed. */
  KNOWN
}
