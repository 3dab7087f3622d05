// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.http;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.DatabaseAway;
import dev.bartizan.fleet.KeyBrokerAway;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/** Leads a request to its route once its body is here, and what the route says back. */
final class Dispatch extends Handler.Abstract.NonBlocking {
  private static final System.Logger LOG = System.getLogger("dev.bartizan.fleet.http");

  private final List<Route> routes;
  private final Duration bodyDeadline;
  private final Executor workers;

  /**
   * @param bodyDeadline for a body as a whole, however steadily it drips
   * @param workers who run routes
   */
  Dispatch(List<Route> routes, Duration bodyDeadline, Executor workers) {
    this.routes = List.copyOf(routes);
    this.bodyDeadline = bodyDeadline;
    this.workers = workers;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Optional<Route> route = find(request);
    if (route.isEmpty()) {
      send(notFound(), response, callback);
      return true;
    }
    // Ends by itself, one way or the other: nobody waits for it.
    CompletableFuture<Answer> unused =
        body(request, route.get().bodyLimit())
            .handleAsync((body, failure) -> answer(route.get(), request, body, failure), workers)
            .whenComplete((answer, bug) -> finish(answer, bug, response, callback));
    return true;
  }

  private Optional<Route> find(Request request) {
    String path = Request.getPathInContext(request);
    return routes.stream()
        .filter(route -> route.leadsTo(path) && route.method().equals(request.getMethod()))
        .findFirst();
  }

  /** Comes without a thread that waits for it. */
  private CompletableFuture<byte[]> body(Request request, int limit) {
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    Content.Source.asByteArrayAsync(request, limit, Promise.Invocable.toPromise(body));
    return body.orTimeout(bodyDeadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Answer answer(
      Route route, Request request, byte @Nullable [] body, @Nullable Throwable failure) {
    if (body == null) {
      return noBody(route, failure);
    }
    Call call =
        new Call(
            Request.getPathInContext(request),
            Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE)),
            Bytes.of(body),
            peer(request));
    try {
      return route.work().answer(call);
    } catch (Malformed malformed) {
      return Answer.error(HttpStatus.BAD_REQUEST_400, malformed.code(), malformed.getMessage());
    } catch (Refusal refusal) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} refused: {1}: {2}",
          route.path(),
          refusal.code(),
          refusal.getMessage());
      return Answer.error(HttpStatus.FORBIDDEN_403, refusal.code(), refusal.getMessage());
    } catch (DatabaseAway said) {
      // Once, where it went away.
      return Answer.error(HttpStatus.SERVICE_UNAVAILABLE_503, "NOT_NOW", "try again");
    } catch (KeyBrokerAway away) {
      LOG.log(
          System.Logger.Level.ERROR, "{0} gives no key now: {1}", route.path(), away.getMessage());
      return Answer.error(HttpStatus.SERVICE_UNAVAILABLE_503, "NOT_NOW", "try again");
    } catch (IOException notNow) {
      LOG.log(System.Logger.Level.ERROR, route.path() + " is not possible now", notNow);
      // What is wrong with our disk is none of the device's business.
      return Answer.error(HttpStatus.SERVICE_UNAVAILABLE_503, "NOT_NOW", "try again");
    }
  }

  /** What is left unread would be taken for the next request: the connection goes. */
  private static Answer noBody(Route route, @Nullable Throwable failure) {
    boolean late = failure instanceof TimeoutException;
    Answer answer =
        late
            ? Answer.error(HttpStatus.REQUEST_TIMEOUT_408, "TOO_SLOW", "the body took too long")
            : Answer.error(
                HttpStatus.BAD_REQUEST_400,
                "MALFORMED",
                "a body of at most " + route.bodyLimit() + " bytes is wanted here");
    return answer.with(HttpHeader.CONNECTION.asString(), HttpHeaderValue.CLOSE.asString());
  }

  private static Optional<X509Certificate> peer(Request request) {
    EndPoint.SslSessionData session =
        request.getConnectionMetaData().getConnection().getEndPoint().getSslSessionData();
    X509Certificate[] chain = session == null ? null : session.peerCertificates();
    return chain == null || chain.length == 0 ? Optional.empty() : Optional.of(chain[0]);
  }

  private static void finish(
      @Nullable Answer answer, @Nullable Throwable bug, Response response, Callback callback) {
    if (answer == null) {
      LOG.log(System.Logger.Level.ERROR, "a route failed", bug);
      send(
          Answer.error(HttpStatus.INTERNAL_SERVER_ERROR_500, "BUG", "this should not be"),
          response,
          callback);
    } else {
      send(answer, response, callback);
    }
  }

  private static void send(Answer answer, Response response, Callback callback) {
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    answer.headers().forEach(response.getHeaders()::put);
    response.write(true, answer.body().asBuffer(), callback);
  }

  private static Answer notFound() {
    return Answer.error(HttpStatus.NOT_FOUND_404, "NOT_FOUND", "there is nothing here");
  }
}
