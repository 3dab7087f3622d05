package dev.bartizan.agent.serve.http;

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** A request as Jetty has it. */
final class JettyCall implements Call {
  private final Request request;
  private final List<String> path;

  JettyCall(Request request) {
    this.request = request;
    this.path = segments(Request.getPathInContext(request));
  }

  static List<String> segments(String path) {
    return Arrays.stream(path.split("/")).filter(segment -> !segment.isEmpty()).toList();
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public List<String> path() {
    return path;
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  @Override
  public Optional<String> query(String name) {
    return Optional.ofNullable(Request.extractQueryParameters(request).getValue(name));
  }

  @Override
  public OptionalLong contentLength() {
    long length = request.getLength();
    return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
  }

  @Override
  public InputStream stream() {
    return Content.Source.asInputStream(request);
  }
}
