// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.agent.identity.FleetHttps;
import dev.bartizan.agent.identity.FleetTls;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Renews by EST (RFC 7030) over mutual TLS, with every deadline that enrolment has. Why not Bouncy
 * Castle's client: it knows a timeout for each read and none for the whole of an answer.
 */
public final class HttpsEst implements CertificateServer {
  private static final String PATH = "/.well-known/est/simplereenroll";
  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/pkcs10", "Content-Transfer-Encoding", "base64");
  private static final int MAX_LENGTH = 64 * 1024;
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int UNAVAILABLE = 503;
  private static final Duration NOT_SAID = Duration.ofMinutes(1);

  private final FleetHttps server;
  private final DeviceKeystore keystore;

  /**
   * @param server {@code https://HOST:PORT}
   * @param chain the certificates in force
   * @param anchors the fleet's authority
   */
  public HttpsEst(
      URI server,
      DeviceKeystore keystore,
      Supplier<List<X509Certificate>> chain,
      List<X509Certificate> anchors) {
    this.server = new FleetHttps(server, () -> FleetTls.of(keystore, chain, anchors));
    this.keystore = keystore;
  }

  @Override
  public Reply reenroll(Bytes request) throws IOException, Refusal {
    Bytes base64 = Bytes.of(Base64.getMimeEncoder().encode(request.toArray()));
    FleetHttps.Reply reply = server.post(PATH, HEADERS, base64, MAX_LENGTH);
    Optional<Duration> later = retryAfter(reply);
    if (reply.status() == UNAVAILABLE && later.isPresent()) {
      return Reply.askAgain(later.get());
    }
    return switch (reply.requireNow("renew").status()) {
      case OK ->
          Reply.issued(
              CertsOnly.read(reply.body().toArray(), keystore.publicKey(KeyPurpose.IDENTITY)));
      case ACCEPTED -> Reply.askAgain(later.orElse(NOT_SAID));
      default -> throw refusal(reply);
    };
  }

  /** In seconds; a date would be of a clock that is not ours. */
  private static Optional<Duration> retryAfter(FleetHttps.Reply reply) {
    return reply
        .retryAfter()
        .filter(text -> text.matches("\\d{1,7}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  private static RenewalRefused refusal(FleetHttps.Reply reply) {
    return reply
        .reason()
        .map(reason -> new RenewalRefused(reason.code(), reason.message()))
        .orElseGet(
            () ->
                new RenewalRefused(
                    "REFUSED", reply.server() + ": renews nothing (HTTP " + reply.status() + ")"));
  }
}
