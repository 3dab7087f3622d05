// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Finds the route of a request, and turns what it throws into an answer. */
final class Routes {
  private static final Logger LOG = System.getLogger(Routes.class.getName());
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final int MAX_ERROR_LENGTH = 500;

  private final List<Route> routes;

  Routes(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  Answer ask(Route route, Call call) {
    try {
      return route.answer(call);
    } catch (HttpRefusal refusal) {
      return error(refusal);
    } catch (Refusal refusal) {
      return error(HttpStatus.BAD_REQUEST_400, refusal.getMessage(), refusal.code(), Map.of());
    } catch (IOException unavailable) {
      return error(503, unavailable.getMessage(), "UNAVAILABLE", Map.of());
    } catch (RuntimeException bug) {
      // One request's bug must not take the others down. Its message is not logged: it may quote
      // the input.
      LOG.log(Level.ERROR, "a request met a bug: {0} at {1}", bug.getClass(), place(bug));
      return error(HttpStatus.INTERNAL_SERVER_ERROR_500, "internal error", "BUG", Map.of());
    }
  }

  Route find(Request request) throws CallRefusal {
    boolean tcp =
        request.getConnectionMetaData().getLocalSocketAddress() instanceof InetSocketAddress;
    if (tcp && !LOOPBACK_NAMES.contains(Request.getServerName(request))) {
      // A web page that had its own name resolve to this machine (DNS rebinding) sends that name.
      throw CallRefusal.foreignHost();
    }
    List<String> path = JettyCall.path(request);
    return routes.stream()
        .filter(route -> isBelow(route.prefix(), path))
        .filter(route -> !tcp || route.reachableByTcp())
        .findFirst()
        .orElseThrow(CallRefusal::notFound);
  }

  private static boolean isBelow(String prefix, List<String> path) {
    List<String> start = JettyCall.segments(prefix);
    return path.size() >= start.size() && path.subList(0, start.size()).equals(start);
  }

  static Answer error(HttpRefusal refusal) {
    return error(refusal.status(), refusal.getMessage(), refusal.code(), refusal.headers());
  }

  static Answer error(
      int status, @Nullable String message, String code, Map<String, String> headers) {
    String shown = String.valueOf(message);
    String cut = shown.substring(0, Math.min(MAX_ERROR_LENGTH, shown.length()));
    String escaped = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(cut));
    Answer answer =
        Answer.json(status, "{\"error\":\"" + escaped + "\",\"code\":\"" + code + "\"}");
    return new Answer(status, Answer.JSON, headers, answer.pieces(), answer.length());
  }

  private static String place(RuntimeException bug) {
    StackTraceElement[] trace = bug.getStackTrace();
    return trace.length == 0 ? "an unknown place" : trace[0].toString();
  }
}
