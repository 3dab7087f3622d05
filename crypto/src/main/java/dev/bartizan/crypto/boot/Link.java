// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

/**
 * One link of the boot or model chain, as it was judged.
 *
 * @param name what was looked at: {@code "pcr sha256:7"}, {@code "file lib/a.jar"}
 * @param verdict what can be said of it
 * @param expected the reference, or why there is none
 * @param found what was there
 */
public record Link(String name, Verdict verdict, String expected, String found) {
  public static Link good(String name, String found) {
    return new Link(name, Verdict.GOOD, found, found);
  }

  public static Link unknown(String name, String whyNot, String found) {
    return new Link(name, Verdict.UNKNOWN, whyNot, found);
  }

  public static Link bad(String name, String expected, String found) {
    return new Link(name, Verdict.BAD, expected, found);
  }
}
