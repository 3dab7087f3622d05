// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import java.nio.file.Path;

/**
 * Where the token of somebody who is no device is, as a {@code token.json} says it. Nothing in it
 * is secret.
 *
 * @param module the PKCS#11 module and its slot
 * @param keyLabel what the keys' names in the token begin with
 */
public record TokenPlace(Pkcs11Module module, String keyLabel) {
  /** Of the document that has it. */
  public static final int MAX_LENGTH = 4096;

  private static final int MAX_TEXT = 1024;

  public TokenPlace {
    if (!keyLabel.matches("[a-z0-9][a-z0-9._-]{0,31}")) {
      throw new IllegalArgumentException(
          "a key label has up to 32 lower-case letters, digits, . _ -, not " + keyLabel);
    }
  }

  /** Puts it into a document. */
  public void write(ObjectNode document) {
    document.put("module", module.library().toString());
    document.put("slot", module.slot()).put("key_label", keyLabel);
  }

  /**
   * What {@link #write} put there.
   *
   * @param what the document, for messages
   */
  public static TokenPlace read(JsonFields document, String what) throws Malformed {
    try {
      return new TokenPlace(
          new Pkcs11Module(
              Path.of(document.text("module", MAX_TEXT)), Math.toIntExact(document.number("slot"))),
          document.text("key_label", MAX_TEXT));
    } catch (IllegalArgumentException | ArithmeticException unsound) {
      throw new Malformed(what + ": " + unsound.getMessage(), unsound);
    }
  }
}
