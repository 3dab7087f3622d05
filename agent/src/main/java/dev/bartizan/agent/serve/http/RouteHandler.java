package dev.bartizan.agent.serve.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Finds the route of a request, and turns what comes of it into a response. */
final class RouteHandler extends Handler.Abstract {
  private static final Logger LOG = System.getLogger(RouteHandler.class.getName());
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final int MAX_ERROR_LENGTH = 500;

  private final List<Route> routes;

  RouteHandler(List<Route> routes) {
    super(InvocationType.BLOCKING);
    this.routes = List.copyOf(routes);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    send(answer(request), response, callback);
    return true;
  }

  /** What Jetty itself refuses, a malformed header say, looks like every other error. */
  static boolean handleError(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    send(error(status, HttpStatus.getMessage(status), "HTTP_" + status), response, callback);
    return true;
  }

  private Answer answer(Request request) {
    try {
      JettyCall call = new JettyCall(request);
      return route(request, call).answer(call);
    } catch (HttpRefusal refusal) {
      return error(refusal.status(), refusal.getMessage(), refusal.code());
    } catch (Refusal refusal) {
      return error(HttpStatus.BAD_REQUEST_400, refusal.getMessage(), refusal.code());
    } catch (IOException unavailable) {
      return error(HttpStatus.SERVICE_UNAVAILABLE_503, unavailable.getMessage(), "UNAVAILABLE");
    } catch (RuntimeException bug) {
      // One request's bug must not take the others down. Its message is not logged: it may quote
      // the input.
      LOG.log(Level.ERROR, "a request met a bug: {0} at {1}", bug.getClass(), place(bug));
      return error(HttpStatus.INTERNAL_SERVER_ERROR_500, "internal error", "BUG");
    }
  }

  private Route route(Request request, Call call) throws CallRefusal {
    boolean tcp =
        request.getConnectionMetaData().getLocalSocketAddress() instanceof InetSocketAddress;
    if (tcp && !LOOPBACK_NAMES.contains(Request.getServerName(request))) {
      // A web page that had its own name resolve to this machine (DNS rebinding) sends that name.
      throw CallRefusal.foreignHost();
    }
    return routes.stream()
        .filter(route -> isBelow(route.prefix(), call.path()))
        .filter(route -> !tcp || route.reachableByTcp())
        .findFirst()
        .orElseThrow(CallRefusal::notFound);
  }

  private static boolean isBelow(String prefix, List<String> path) {
    List<String> start = JettyCall.segments(prefix);
    return path.size() >= start.size() && path.subList(0, start.size()).equals(start);
  }

  private static void send(Answer answer, Response response, Callback callback) {
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, (long) answer.body().remaining());
    answer.headers().forEach(response.getHeaders()::put);
    response.write(true, answer.body(), callback);
  }

  private static Answer error(int status, @Nullable String message, String code) {
    String shown = String.valueOf(message);
    String cut = shown.substring(0, Math.min(MAX_ERROR_LENGTH, shown.length()));
    String escaped = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(cut));
    return Answer.json(status, "{\"error\":\"" + escaped + "\",\"code\":\"" + code + "\"}");
  }

  private static String place(RuntimeException bug) {
    StackTraceElement[] trace = bug.getStackTrace();
    return trace.length == 0 ? "an unknown place" : trace[0].toString();
  }
}
