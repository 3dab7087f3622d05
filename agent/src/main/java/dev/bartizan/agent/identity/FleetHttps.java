// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.identity;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Interrupted;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
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
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Small requests to the fleet's server, each with a deadline for the whole of it and a limit for
 * the answer. One client for each: a session or connection kept would show an old certificate.
 */
@TouchesTheWorld("the network")
public final class FleetHttps {
  private static final Pace PACE = Pace.DEFAULT;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int MAX_TEXT = 1000;

  private final URI server;
  private final Tls tls;

  /** As whom; asked for each request. */
  @FunctionalInterface
  public interface Tls {
    SSLContext context() throws IOException, Refusal;
  }

  /**
   * @param server {@code https://HOST:PORT}
   */
  public FleetHttps(URI server, Tls tls) {
    if (!"https".equals(server.getScheme()) || server.getHost() == null) {
      throw new IllegalArgumentException("the fleet's server is not https://HOST:PORT");
    }
    this.server = server;
    this.tls = tls;
  }

  /**
   * An answer, whatever it says.
   *
   * @param retryAfter the header of that name
   */
  public record Reply(URI server, int status, Optional<String> retryAfter, Bytes body) {
    /** Whether it was done. */
    public boolean isDone() {
      return status / 100 == 2;
    }

    /**
     * This answer, unless it is "not now".
     *
     * @param what cannot be done then
     */
    public Reply requireNow(String what) throws IOException {
      if (status >= FIRST_SERVER_ERROR) {
        throw new IOException(server + ": cannot " + what + " now (HTTP " + status + ")");
      }
      return this;
    }

    /** What the server gives as its reason, if it speaks as ours does. */
    public Optional<Reason> reason() {
      try {
        JsonFields error = StrictJson.read(body.toArray(), body.length(), "the server's answer");
        return Optional.of(
            new Reason(error.text("error", MAX_TEXT), error.text("message", MAX_TEXT)));
      } catch (Malformed anothers) {
        return Optional.empty();
      }
    }
  }

  /** Why not. */
  public record Reason(String code, String message) {}

  /**
   * Posts.
   *
   * @param limit of the answer, in bytes
   * @throws IOException when the server cannot be reached, or is too slow
   */
  public Reply post(String path, String contentType, Bytes message, int limit)
      throws IOException, Refusal {
    return post(path, Map.of("Content-Type", contentType), message, limit);
  }

  /** The same with other headers. */
  public Reply post(String path, Map<String, String> headers, Bytes message, int limit)
      throws IOException, Refusal {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(PACE.silence())
            .POST(HttpRequest.BodyPublishers.ofByteArray(message.toArray()));
    headers.forEach(builder::header);
    HttpRequest request = builder.build();
    Exchange exchange = new Exchange(System::nanoTime, PACE);
    HttpResponse<InputStream> response = send(request);
    try (InputStream body = response.body()) {
      return new Reply(
          server,
          response.statusCode(),
          response.headers().firstValue("Retry-After"),
          Bytes.of(exchange.read(server.toString(), limit, body)));
    } catch (FetchRefusal tooSlowOrTooLong) {
      throw new IOException(tooSlowOrTooLong.getMessage(), tooSlowOrTooLong);
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException, Refusal {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(PACE.silence())
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(tls.context())
            .build();
    try {
      return client.send(request, headers -> new TimeoutBody(PACE.silence()));
    } catch (InterruptedException stopped) {
      throw Interrupted.toIo(stopped, "the request was stopped");
    } catch (IOException unreachable) {
      String message = unreachable.getMessage();
      throw new IOException(
          server + ": " + (message == null ? "cannot be reached" : message), unreachable);
    }
  }
}
