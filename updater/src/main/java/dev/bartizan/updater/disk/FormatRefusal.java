// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import dev.bartizan.crypto.Refusal;

/**
 * A document is whole, but of a format that this version does not read. It stays as it is: another
 * version has written it, and can read it.
 */
public final class FormatRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String found;

  FormatRefusal(String file, String found, String readable) {
    super(
        file
            + ": is of format "
            + found
            + ", and this version reads "
            + readable
            + ": use the version that wrote it, or begin anew without it");
    this.file = file;
    this.found = found;
  }

  /** The document. */
  public String file() {
    return file;
  }

  /** What it says it is. */
  public String found() {
    return found;
  }

  @Override
  public String code() {
    return "OTHER_FORMAT";
  }
}
