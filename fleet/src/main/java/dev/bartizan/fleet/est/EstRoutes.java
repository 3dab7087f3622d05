// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.est.EstRefusal.Reason;
import dev.bartizan.fleet.http.Answer;
import dev.bartizan.fleet.http.Call;
import dev.bartizan.fleet.http.Route;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Enrollment over Secure Transport (RFC 7030, RFC 8951), as much as renewal needs. */
public final class EstRoutes {
  private static final String ROOT = "/.well-known/est/";
  private static final String REQUEST = "application/pkcs10";
  private static final String ANSWER = "application/pkcs7-mime; smime-type=certs-only";
  private static final int NO_CONTENT = 204;

  private final Renewal renewal;

  public EstRoutes(Renewal renewal) {
    this.renewal = renewal;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(ROOT + "cacerts", call -> certificates(renewal.anchor())),
        // No attribute is asked for (4.5.2).
        Route.get(
            ROOT + "csrattrs", call -> new Answer(NO_CONTENT, REQUEST, Map.of(), Bytes.empty())),
        Route.post(ROOT + "simplereenroll", RenewalRequest.MAX_LENGTH, this::renew),
        Route.post(ROOT + "simpleenroll", RenewalRequest.MAX_LENGTH, call -> refuse()));
  }

  private Answer renew(Call call) throws IOException, Refusal {
    String type = call.contentType().orElse("").toLowerCase(Locale.ROOT);
    if (!type.equals(REQUEST) && !type.startsWith(REQUEST + ";")) {
      throw new Malformed("a certificate request is " + REQUEST);
    }
    return certificates(renewal.renew(call));
  }

  /** EST alone proves nothing of where a key lives. */
  private static Answer refuse() throws EstRefusal {
    throw new EstRefusal(
        Reason.ENROL_ELSEWHERE, "a device gets its first certificate by `bartizan enroll`");
  }

  private static Answer certificates(X509Certificate certificate) {
    return Answer.ok(ANSWER, CertsOnly.write(certificate))
        .with("Content-Transfer-Encoding", "base64");
  }
}
