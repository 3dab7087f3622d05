// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/** A request as Jetty has it, and its body. */
record JettyCall(Request request, List<String> path, Body content, MemoryShare memory)
    implements Call {

  static List<String> segments(String path) {
    return Arrays.stream(path.split("/")).filter(segment -> !segment.isEmpty()).toList();
  }

  static List<String> path(Request request) {
    return segments(Request.getPathInContext(request));
  }

  @Override
  public String method() {
    return request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  @Override
  public Optional<String> query(String name) {
    return Optional.ofNullable(Request.extractQueryParameters(request).getValue(name));
  }
}
