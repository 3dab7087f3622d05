// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.time.Instant;
import java.util.regex.Pattern;

/** The fields every role's signed part begins with. */
record Header(long version, Instant expires) {
  /** Any 1.x: the specification promises that such files stay readable. */
  private static final Pattern SPEC_VERSION = Pattern.compile("1\\.\\d{1,6}(\\.\\d{1,6})?");

  static Header of(Fields signed, String type) throws TufRefusal {
    if (!signed.string("_type").equals(type)) {
      throw signed.refusal("\"_type\": \"" + type + "\"", signed.string("_type"));
    }
    if (!SPEC_VERSION.matcher(signed.string("spec_version")).matches()) {
      throw signed.refusal("\"spec_version\" 1.x", signed.string("spec_version"));
    }
    return new Header(signed.integer("version", 1), signed.instant("expires"));
  }
}
