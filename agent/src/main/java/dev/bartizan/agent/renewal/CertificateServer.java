// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;

/** Who renews certificates. */
@FunctionalInterface
public interface CertificateServer {
  /**
   * What came of a request.
   *
   * @param certificate not looked at yet; empty when the server wants to be asked again
   * @param later after which time, then
   */
  record Reply(Optional<X509Certificate> certificate, Duration later) {
    static Reply issued(X509Certificate certificate) {
      return new Reply(Optional.of(certificate), Duration.ZERO);
    }

    static Reply askAgain(Duration later) {
      return new Reply(Optional.empty(), later);
    }
  }

  /**
   * Asks for a certificate that replaces the present one.
   *
   * @param request PKCS #10, DER
   * @throws Refusal with the server's code when it gives none
   */
  Reply reenroll(Bytes request) throws IOException, Refusal;
}
