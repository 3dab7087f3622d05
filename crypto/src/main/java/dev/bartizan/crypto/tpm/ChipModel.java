// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.regex.Pattern;

/**
 * What a chip is, in the words of the TCG EK Credential Profile: as its certificate has it, or as
 * it says itself.
 *
 * @param manufacturer {@code id:} and the vendor's four bytes in hexadecimal
 * @param model the vendor's name for it
 * @param version {@code id:} and its firmware's version in hexadecimal
 */
public record ChipModel(String manufacturer, String model, String version) {
  /** The longest of the three. */
  public static final int MAX_LENGTH = 100;

  private static final Pattern PRINTABLE = Pattern.compile("[ -~]{1," + MAX_LENGTH + "}");

  public ChipModel {
    for (String part : new String[] {manufacturer, model, version}) {
      if (!PRINTABLE.matcher(part).matches()) {
        throw new IllegalArgumentException("a chip's maker, model or version is not printable");
      }
    }
  }
}
