// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Pkcs11AgreementKey;
import dev.bartizan.crypto.keystore.SecretFile;
import dev.bartizan.crypto.keystore.TokenPlace;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Where the key broker's key is when it is in a PKCS#11 token ({@code key-broker/token.json}).
 * Nothing in it is secret.
 *
 * @param place the token, and what the key's name in it begins with
 * @param pinFile holds the token's PIN; an absolute path, outside the server's directory
 */
public record BrokerToken(TokenPlace place, Path pinFile) {
  static final String FILE = "key-broker/token.json";
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-key-broker-token", 1);
  private static final int MAX_TEXT = 1024;

  public BrokerToken {
    if (!pinFile.isAbsolute()) {
      throw new IllegalArgumentException("the PIN's file is an absolute path, not " + pinFile);
    }
  }

  /** What the key is called in the token. */
  public String keyName() {
    return place.keyLabel() + "-key-broker";
  }

  /** The key; one object for as long as it is used, so that a wrong PIN is tried once. */
  public Pkcs11AgreementKey key(SecureRandom random) {
    return new Pkcs11AgreementKey(place.module(), keyName(), new SecretFile(pinFile), random);
  }

  /**
   * Insists that who steals {@code directory} does not have the PIN with it.
   *
   * @throws IllegalArgumentException when he would
   */
  public void requirePinOutside(SharedDirectory directory) {
    Path home = directory.path("").toAbsolutePath().normalize();
    if (pinFile.normalize().startsWith(home)) {
      throw new IllegalArgumentException(
          pinFile + ": is in the directory that the token protects; keep the PIN elsewhere");
    }
  }

  public void store(SharedDirectory directory) throws IOException {
    ObjectNode document = FORMAT.begin();
    place.write(document);
    document.put("pin_file", pinFile.toString());
    directory.write(FILE, StrictJson.writeIndented(document));
  }

  /** What {@link #store} wrote; empty where the key is in a file. */
  public static Optional<BrokerToken> find(SharedDirectory directory) throws IOException, Refusal {
    Optional<byte[]> file = directory.find(FILE, TokenPlace.MAX_LENGTH);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String what = directory.path(FILE).toString();
    JsonFields document = StrictJson.read(file.get(), TokenPlace.MAX_LENGTH, what);
    FORMAT.accept(document.findText("schema", DocumentFormat.MAX_TEXT), what);
    try {
      Path pin = Path.of(document.text("pin_file", MAX_TEXT));
      return Optional.of(new BrokerToken(TokenPlace.read(document, what), pin));
    } catch (InvalidPathException unsound) {
      throw new Malformed(what + ": pin_file is no path", unsound);
    } catch (IllegalArgumentException unsound) {
      throw new Malformed(what + ": " + unsound.getMessage(), unsound);
    }
  }

  /** As messages name it. */
  @Override
  public String toString() {
    return "key " + keyName() + " in the token at " + place.module();
  }
}
