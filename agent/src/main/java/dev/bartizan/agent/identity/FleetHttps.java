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
  private static final int MAX_ERROR = 8 * 1024;
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
   * An answer that is not "not now".
   *
   * @param status below 500
   */
  public record Reply(int status, HttpResponse<InputStream> response, Bytes body) {
    /** Whether it was done. */
    public boolean isDone() {
      return status / 100 == 2;
    }

    /** What the server gives as its reason, if it speaks as ours does. */
    public Optional<Reason> reason() {
      try {
        JsonFields error = StrictJson.read(body.toArray(), MAX_ERROR, "the server's answer");
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
   * @throws IOException when the server cannot be reached, is too slow, or cannot do it now
   */
  public Reply post(String path, String contentType, Bytes message, int limit)
      throws IOException, Refusal {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(PACE.silence())
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(message.toArray()))
            .build();
    Exchange exchange = new Exchange(System::nanoTime, PACE);
    HttpResponse<InputStream> response = send(request);
    try (InputStream body = response.body()) {
      Bytes answer = Bytes.of(exchange.read(server.toString(), limit, body));
      if (response.statusCode() >= FIRST_SERVER_ERROR) {
        throw new IOException(server + ": not now (HTTP " + response.statusCode() + ")");
      }
      return new Reply(response.statusCode(), response, answer);
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
