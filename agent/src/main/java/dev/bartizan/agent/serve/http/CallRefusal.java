// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A request that does not fit the route it took, or the room there is. */
public final class CallRefusal extends HttpRefusal {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final transient Map<String, String> headers;

  private CallRefusal(int status, String code, String message, Map<String, String> headers) {
    super(status, message, null);
    this.code = code;
    this.headers = headers;
  }

  private CallRefusal(int status, String code, String message) {
    this(status, code, message, Map.of());
  }

  public static CallRefusal notFound() {
    return new CallRefusal(404, "NOT_FOUND", "there is nothing here");
  }

  /**
   * @param allowed the methods that work there; where GET does, so does HEAD
   */
  public static CallRefusal wrongMethod(List<String> allowed) {
    String shown = String.join(", ", allowed).replace("GET", "GET, HEAD");
    return new CallRefusal(
        405,
        "WRONG_METHOD",
        "only " + String.join(" and ", allowed) + " works here",
        Map.of("Allow", shown));
  }

  public static CallRefusal malformed(String message) {
    return new CallRefusal(400, "MALFORMED", message);
  }

  public static CallRefusal tooLarge(long limitBytes) {
    return new CallRefusal(413, "TOO_LARGE", "the body is larger than " + limitBytes + " bytes");
  }

  /** The request alone would take more memory than any request may. */
  static CallRefusal takesTooMuch(long limitBytes) {
    return new CallRefusal(
        413, "TOO_LARGE", "one request may take " + limitBytes + " bytes of memory, not more");
  }

  /** Other requests hold what this one needs. */
  static CallRefusal busy(String what) {
    return new CallRefusal(503, "BUSY", "other requests hold " + what + " this one needs");
  }

  /** The body comes too slowly, or takes too long altogether. */
  static CallRefusal slow() {
    return new CallRefusal(408, "SLOW", "the request came too slowly");
  }

  static CallRefusal unknownCoding() {
    return new CallRefusal(
        415,
        "UNKNOWN_CODING",
        "a body comes as it is or gzipped, in no other coding",
        Map.of("Accept-Encoding", "gzip, identity"));
  }

  static CallRefusal foreignHost() {
    return new CallRefusal(403, "FOREIGN_HOST", "this port answers only as localhost");
  }

  @Override
  public String code() {
    return code;
  }

  @Override
  public Map<String, String> headers() {
    Map<String, String> all = new TreeMap<>(super.headers());
    all.putAll(headers);
    return all;
  }
}
