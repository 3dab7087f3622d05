// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Pkcs11Module;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.FormatRefusal;
import java.nio.file.Path;

/**
 * Where the token of a key ring is, as {@code keys/token.json} says it. Nothing in it is secret.
 *
 * @param module the PKCS#11 module and its slot
 * @param keyLabel what the keys' names in the token begin with
 */
public record TokenPlace(Pkcs11Module module, String keyLabel) {
  static final int MAX_LENGTH = 4096;
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-token", 1);
  private static final int MAX_TEXT = 1024;

  public TokenPlace {
    if (!keyLabel.matches("[a-z0-9][a-z0-9._-]{0,31}")) {
      throw new IllegalArgumentException(
          "a key label has up to 32 lower-case letters, digits, . _ -, not " + keyLabel);
    }
  }

  byte[] encode() {
    ObjectNode json = StrictJson.object();
    json.put("schema", FORMAT.text(FORMAT.current())).put("module", module.library().toString());
    json.put("slot", module.slot()).put("key_label", keyLabel);
    return StrictJson.writeIndented(json);
  }

  /**
   * @param what the file, for messages
   */
  static TokenPlace parse(byte[] file, String what) throws Malformed, FormatRefusal {
    JsonFields fields = StrictJson.read(file, MAX_LENGTH, what);
    FORMAT.accept(fields.findText("schema", DocumentFormat.MAX_TEXT), what);
    try {
      return new TokenPlace(
          new Pkcs11Module(
              Path.of(fields.text("module", MAX_TEXT)), Math.toIntExact(fields.number("slot"))),
          fields.text("key_label", MAX_TEXT));
    } catch (IllegalArgumentException | ArithmeticException unsound) {
      throw new Malformed(what + ": " + unsound.getMessage(), unsound);
    }
  }
}
