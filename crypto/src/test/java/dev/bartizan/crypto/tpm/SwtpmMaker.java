// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The one maker of all {@link Swtpm} chips of a test run: a certificate authority for endorsement
 * keys, founded on first use and gone with the process. Its keys take longer to make than a chip.
 */
final class SwtpmMaker {
  private static final Path DIRECTORY = found();

  private SwtpmMaker() {}

  static Path issuerCertificate() {
    return DIRECTORY.resolve("issuercert.pem");
  }

  static Path rootCertificate() {
    return DIRECTORY.resolve("swtpm-localca-rootca-cert.pem");
  }

  static String setupConfiguration() {
    return path("setup.conf");
  }

  static String configuration() {
    return path("localca.conf");
  }

  static String options() {
    return path("localca.options");
  }

  private static String path(String name) {
    return DIRECTORY.resolve(name).toString();
  }

  private static Path found() {
    try {
      Path directory = Files.createTempDirectory("swtpm-maker");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
      write(
          directory.resolve("localca.conf"),
          "statedir = " + directory,
          "signingkey = " + directory.resolve("signkey.pem"),
          "issuercert = " + directory.resolve("issuercert.pem"),
          "certserial = " + directory.resolve("certserial"));
      write(
          directory.resolve("localca.options"),
          "--platform-manufacturer Bartizan",
          "--platform-version 1",
          "--platform-model test");
      write(
          directory.resolve("setup.conf"),
          "create_certs_tool = swtpm_localca",
          "create_certs_tool_config = " + directory.resolve("localca.conf"),
          "create_certs_tool_options = " + directory.resolve("localca.options"),
          "active_pcr_banks = sha256");
      return directory;
    } catch (IOException cannot) {
      throw new UncheckedIOException(cannot);
    }
  }

  private static void write(Path file, String... lines) throws IOException {
    Files.write(file, List.of(lines));
  }

  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException cannot) {
      throw new UncheckedIOException(cannot);
    }
  }
}
