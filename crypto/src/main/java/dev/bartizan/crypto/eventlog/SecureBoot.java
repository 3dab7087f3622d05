// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

/**
 * Whether firmware let only signed code start. By specification the first thing measured into PCR 7
 * is the variable that says so, with all of its data covered by the digest; anything else in its
 * place says nothing, whatever the log calls it.
 */
public enum SecureBoot {
  ON("on"),
  OFF("off"),
  UNKNOWN("unknown");

  private static final int POLICY_PCR = 7;

  private final String text;

  SecureBoot(String text) {
    this.text = text;
  }

  /** Lower case, as documents write it. */
  public String text() {
    return text;
  }

  /** What the log says; worth as much as its replay of PCR 7. */
  public static SecureBoot of(EventLog log) {
    return log.events().stream()
        .filter(event -> event.pcr() == POLICY_PCR && event.extendsPcr())
        .findFirst()
        .filter(event -> event.coverage().isWhole())
        .flatMap(event -> EfiVariable.find(event.data().toArray()))
        .filter(variable -> variable.isGlobal("SecureBoot") && variable.value().length() == 1)
        .map(variable -> variable.value().asBuffer().get() == 1 ? ON : OFF)
        .orElse(UNKNOWN);
  }
}
