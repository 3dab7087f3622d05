// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import java.util.Arrays;
import java.util.Optional;

/**
 * How well the keys are protected; every report carries it.
 *
 * @param manufacturer of the chip or module, printable; {@code "IBM"} is the swtpm emulator
 * @param firmwareVersion as the module states it, or "unknown"
 */
public record Protection(Kind kind, String manufacturer, String firmwareVersion) {
  /** What holds the private keys. */
  public enum Kind {
    TPM2("tpm2"),
    PKCS11("pkcs11"),
    SOFTWARE("software");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** As reports and {@code status} write it. */
    public String text() {
      return text;
    }

    /** The kind that is written so. */
    public static Optional<Kind> find(String text) {
      return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
    }

    /** Whether it has PCRs and can prove to others what they hold and where its keys live. */
    public boolean attests() {
      return this == TPM2;
    }
  }
}
