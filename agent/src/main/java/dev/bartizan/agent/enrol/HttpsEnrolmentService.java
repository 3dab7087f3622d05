// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.enrol;

import dev.bartizan.agent.identity.FleetTls;
import dev.bartizan.crypto.Interrupted;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.enrolment.Wire;
import dev.bartizan.updater.fetch.Exchange;
import dev.bartizan.updater.fetch.FetchRefusal;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.TimeoutBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.util.List;

/** Reaches an enrolment server over HTTPS; believes the fleet's authority and no other. */
@TouchesTheWorld("the network")
public final class HttpsEnrolmentService implements EnrolmentService {
  private static final Pace PACE = Pace.DEFAULT;
  private static final int OK = 200;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int MAX_TEXT = 1000;

  private final URI server;
  private final HttpClient client;

  /**
   * @param server {@code https://HOST:PORT}
   * @param anchors the fleet's authority
   */
  public HttpsEnrolmentService(URI server, List<X509Certificate> anchors) {
    if (!"https".equals(server.getScheme()) || server.getHost() == null) {
      throw new IllegalArgumentException("the enrolment server is not https://HOST:PORT");
    }
    this.server = server;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(PACE.silence())
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(FleetTls.anonymous(anchors))
            .build();
  }

  @Override
  public byte[] post(String path, byte[] message) throws IOException, Refusal {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(PACE.silence())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(message))
            .build();
    Exchange exchange = new Exchange(System::nanoTime, PACE);
    HttpResponse<InputStream> response = send(request);
    try (InputStream body = response.body()) {
      byte[] answer = read(exchange, body);
      if (response.statusCode() == OK) {
        return answer;
      }
      throw refusal(response.statusCode(), answer);
    }
  }

  private byte[] read(Exchange exchange, InputStream body) throws IOException {
    try {
      return exchange.read(server.toString(), Wire.MAX_LENGTH, body);
    } catch (FetchRefusal tooSlowOrTooLong) {
      throw new IOException(tooSlowOrTooLong.getMessage(), tooSlowOrTooLong);
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, headers -> new TimeoutBody(PACE.silence()));
    } catch (InterruptedException stopped) {
      throw Interrupted.toIo(stopped, "enrolment was stopped");
    } catch (IOException unreachable) {
      throw new IOException(server + ": " + reason(unreachable), unreachable);
    }
  }

  private Refusal refusal(int status, byte[] answer) throws IOException {
    if (status >= FIRST_SERVER_ERROR) {
      throw new IOException(server + ": cannot enrol now (HTTP " + status + ")");
    }
    try {
      JsonFields error = StrictJson.read(answer, Wire.MAX_LENGTH, "the server's answer");
      return new EnrolmentRefused(error.text("error", MAX_TEXT), error.text("message", MAX_TEXT));
    } catch (Malformed notOurs) {
      throw new IOException(server + ": is no enrolment server (HTTP " + status + ")", notOurs);
    }
  }

  private static String reason(IOException problem) {
    String message = problem.getMessage();
    return message == null ? "cannot be reached" : message;
  }
}
