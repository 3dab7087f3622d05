// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import dev.bartizan.crypto.boot.Verdict;

/**
 * One thing that keeps keys and weights in this process from others.
 *
 * @param name stable, for scripts and reports: {@code swap}
 * @param verdict bad is "not there", unknown "could not be found out"
 * @param found for people
 */
public record Safeguard(String name, Verdict verdict, String found) {
  static Safeguard of(String name, boolean there, String found) {
    return new Safeguard(name, there ? Verdict.GOOD : Verdict.BAD, found);
  }

  static Safeguard unknown(String name, String why) {
    return new Safeguard(name, Verdict.UNKNOWN, why);
  }
}
