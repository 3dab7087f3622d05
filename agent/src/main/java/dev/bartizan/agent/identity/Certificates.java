// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.identity;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.pem.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/** Files of X.509 certificates in PEM. */
public final class Certificates {
  private static final int MAX_LENGTH = 256 * 1024;

  private Certificates() {}

  /**
   * All certificates of a file; at least one.
   *
   * @throws Malformed naming the file
   */
  @TouchesTheWorld("reads the fleet's certificates, which came with the configuration")
  public static List<X509Certificate> read(Path file) throws IOException, Malformed {
    if (!Files.isRegularFile(file)) {
      throw new Malformed(file + ": there is no such file");
    }
    if (Files.size(file) > MAX_LENGTH) {
      throw new Malformed(file + ": is longer than " + MAX_LENGTH + " bytes");
    }
    return Pem.certificates(
        new String(Files.readAllBytes(file), StandardCharsets.US_ASCII), file.toString());
  }
}
