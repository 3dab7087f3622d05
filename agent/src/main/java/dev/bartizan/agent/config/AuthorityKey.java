// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import dev.bartizan.agent.config.BootBinding.Authority;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the public key of whoever approves boot states, as a TPM takes it. */
public final class AuthorityKey {
  private static final int MAX_LENGTH = 8 * 1024;

  private AuthorityKey() {}

  /**
   * The key, where there is to be one.
   *
   * @throws Malformed naming the file: it is missing, or no P-256 or RSA key in PEM
   */
  @TouchesTheWorld("whether the kernel image has left a key")
  public static Optional<TpmPublic> of(Authority authority) throws IOException, Malformed {
    if (authority instanceof Authority.Given given) {
      return Optional.of(read(given.file()));
    }
    return authority instanceof Authority.OfImage image && Files.exists(image.file())
        ? Optional.of(read(image.file()))
        : Optional.empty();
  }

  @TouchesTheWorld("reads the authority's key, which came with configuration or kernel image")
  private static TpmPublic read(Path file) throws IOException, Malformed {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_LENGTH) {
      throw new Malformed(file + ": there is no such file of at most " + MAX_LENGTH + " bytes");
    }
    String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
    try {
      return KeyTemplates.verificationKey(Pem.publicKey(pem, file + ":"));
    } catch (TpmRefusal unusable) {
      throw new Malformed(file + ": is not a P-256 or RSA public key in PEM", unusable);
    }
  }
}
