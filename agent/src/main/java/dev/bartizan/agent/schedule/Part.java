// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.util.Locale;

/** The parts of the daemon, each of which has one health. */
public enum Part {
  TRUST,
  MODELS,
  DEPLOY,
  UPLINK,
  LOCAL;

  /** As {@code status} and the log write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
