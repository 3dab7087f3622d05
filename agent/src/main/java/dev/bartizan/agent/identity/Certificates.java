// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.identity;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.Malformed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Reads X.509 certificates in PEM. */
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
    return parse(new String(Files.readAllBytes(file), StandardCharsets.US_ASCII), file.toString());
  }

  /** All certificates of a text; at least one. {@code what} names it, for the message. */
  public static List<X509Certificate> parse(String pem, String what) throws Malformed {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      byte[] text = pem.getBytes(StandardCharsets.US_ASCII);
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(text))) {
        certificates.add((X509Certificate) certificate);
      }
    } catch (CertificateException notPem) {
      throw new Malformed(what + ": is not a list of certificates in PEM", notPem);
    }
    if (certificates.isEmpty()) {
      throw new Malformed(what + ": holds no certificate");
    }
    return certificates;
  }
}
