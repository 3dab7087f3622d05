// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.agent.identity.FleetTls;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.updater.fetch.Exchange;
import dev.bartizan.updater.fetch.FetchRefusal;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.TimeoutBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Renews by EST (RFC 7030) over mutual TLS, with every deadline that enrolment has. Why not Bouncy
 * Castle's client: it knows a timeout for each read and none for the whole of an answer.
 */
@TouchesTheWorld("the network")
public final class HttpsEst implements CertificateServer {
  private static final String PATH = "/.well-known/est/simplereenroll";
  private static final Pace PACE = Pace.DEFAULT;
  private static final int MAX_LENGTH = 64 * 1024;
  private static final int MAX_TEXT = 1000;
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int UNAVAILABLE = 503;
  private static final Duration NOT_SAID = Duration.ofMinutes(1);

  private final URI server;
  private final DeviceKeystore keystore;
  private final Supplier<List<X509Certificate>> chain;
  private final List<X509Certificate> anchors;

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
    this.server = server;
    this.keystore = keystore;
    this.chain = chain;
    this.anchors = List.copyOf(anchors);
  }

  @Override
  public Reply reenroll(Bytes request) throws IOException, Refusal {
    Exchange exchange = new Exchange(System::nanoTime, PACE);
    HttpResponse<InputStream> response = send(request);
    try (InputStream body = response.body()) {
      byte[] answer = read(exchange, body);
      return switch (response.statusCode()) {
        case OK -> Reply.issued(CertsOnly.read(answer, keystore.publicKey(KeyPurpose.IDENTITY)));
        case ACCEPTED -> Reply.askAgain(retryAfter(response).orElse(NOT_SAID));
        case UNAVAILABLE ->
            Reply.askAgain(
                retryAfter(response)
                    .orElseThrow(() -> new IOException(server + ": cannot renew now (HTTP 503)")));
        default -> throw refusal(response.statusCode(), answer);
      };
    }
  }

  /** One client for each request: a session or connection kept would show an old certificate. */
  private HttpResponse<InputStream> send(Bytes request) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(PACE.silence())
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(FleetTls.of(keystore, chain, anchors))
            .build();
    HttpRequest post =
        HttpRequest.newBuilder(server.resolve(PATH))
            .timeout(PACE.silence())
            .header("Content-Type", "application/pkcs10")
            .header("Content-Transfer-Encoding", "base64")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    Base64.getMimeEncoder().encode(request.toArray())))
            .build();
    try {
      return client.send(post, headers -> new TimeoutBody(PACE.silence()));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("renewal was stopped");
      interrupted.initCause(stopped);
      throw interrupted;
    } catch (IOException unreachable) {
      String message = unreachable.getMessage();
      throw new IOException(
          server + ": " + (message == null ? "cannot be reached" : message), unreachable);
    }
  }

  private byte[] read(Exchange exchange, InputStream body) throws IOException {
    try {
      return exchange.read(server.toString(), MAX_LENGTH, body);
    } catch (FetchRefusal tooSlowOrTooLong) {
      throw new IOException(tooSlowOrTooLong.getMessage(), tooSlowOrTooLong);
    }
  }

  /** In seconds; a date would be of a clock that is not ours. */
  private static Optional<Duration> retryAfter(HttpResponse<InputStream> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(text -> text.matches("\\d{1,7}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  private Refusal refusal(int status, byte[] answer) throws IOException {
    if (status >= FIRST_SERVER_ERROR) {
      throw new IOException(server + ": cannot renew now (HTTP " + status + ")");
    }
    try {
      JsonFields error = StrictJson.read(answer, MAX_LENGTH, "the server's answer");
      return new RenewalRefused(error.text("error", MAX_TEXT), error.text("message", MAX_TEXT));
    } catch (Malformed anothers) {
      return new RenewalRefused(
          "REFUSED", server + ": renews nothing (HTTP " + status + ")", anothers);
    }
  }
}
