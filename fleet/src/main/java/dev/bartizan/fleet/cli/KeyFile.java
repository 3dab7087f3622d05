// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.protocol.jws.StatementSigner;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * A command key outside the server's directory, such as on a stick: {@code NAME.key}, with {@code
 * NAME.pub} beside it.
 */
record KeyFile(OperatorKeys keys, String name, Path path) {
  private static final String SUFFIX = ".key";

  /**
   * The pair that {@code path} is the private half of.
   *
   * @throws IllegalArgumentException when it is not called like one
   */
  static KeyFile of(Path path) {
    String file = String.valueOf(path.getFileName());
    Path folder = path.toAbsolutePath().getParent();
    if (!file.endsWith(SUFFIX) || file.length() == SUFFIX.length() || folder == null) {
      throw new IllegalArgumentException(path + ": a key's file is called NAME" + SUFFIX);
    }
    return new KeyFile(
        new OperatorKeys(new SharedDirectory(folder)),
        file.substring(0, file.length() - SUFFIX.length()),
        path);
  }

  /**
   * Makes the pair.
   *
   * @throws FileAlreadyExistsException when there is one: what it may command would be lost
   */
  StatementKey create(SecureRandom random) throws IOException {
    if (keys.has(name)) {
      throw new FileAlreadyExistsException(path.toString(), null, "holds a key already");
    }
    return keys.create(name, random);
  }

  StatementSigner signer() throws IOException, Malformed {
    return keys.signer(name);
  }
}
