// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A static HTTP or HTTPS server. Follows no redirect and decompresses nothing. */
@TouchesTheWorld("the network: HTTP requests to one configured server")
public final class HttpTransport implements Transport {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)", Pattern.CASE_INSENSITIVE);

  /**
   * What servers say of a file that they send as it is; object stores keep the last from uploads.
   */
  private static final Set<String> PLAIN = Set.of("", "identity", "none", "aws-chunked");

  private static final int PART = 206;

  private final HttpClient client;
  private final String base;
  private final Duration patience;

  /**
   * @param base where the paths start, {@code https://updates.example/models/}
   * @param patience how long a server may say nothing: before the first header, and between bytes
   * @param client must not follow redirects: a signed file is fetched from the configured host only
   */
  public HttpTransport(HttpClient client, URI base, Duration patience) {
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException("the client would follow redirects to other hosts");
    }
    this.client = client;
    this.base = base.toString().endsWith("/") ? base.toString() : base + "/";
    this.patience = patience;
  }

  /** As the constructor, with a client of its own; {@code tls} null means the platform's trust. */
  public static HttpTransport to(URI base, @Nullable SSLContext tls, Duration patience) {
    return to(base, tls, patience, Optional.empty());
  }

  /**
   * The same, by way of a proxy.
   *
   * @param proxy an HTTP proxy; HTTPS goes through it as a tunnel, which it cannot look into
   */
  public static HttpTransport to(
      URI base, @Nullable SSLContext tls, Duration patience, Optional<InetSocketAddress> proxy) {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            // Said either way: what the environment of a daemon proposes is not configuration.
            .proxy(proxy.map(ProxySelector::of).orElse(HttpClient.Builder.NO_PROXY))
            // Version 1.1: no upgrade dance, which some static servers answer with an error.
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience);
    if (tls != null) {
      client.sslContext(tls);
    }
    return new HttpTransport(client.build(), base, patience);
  }

  @Override
  public Response get(String path, long offset, long count)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        requestFor(path).timeout(patience).header("Accept-Encoding", "identity");
    if (count != TO_THE_END) {
      request.header("Range", "bytes=" + offset + "-" + (offset + count - 1));
    } else if (offset > 0) {
      request.header("Range", "bytes=" + offset + "-");
    }
    HttpResponse<InputStream> response = send(request.build());
    try {
      return answer(response);
    } catch (IOException malformed) {
      response.body().close();
      throw malformed;
    }
  }

  /**
   * What the platform's client takes for a mistake of its caller is an address that cannot be
   * asked, or a path that somebody else wrote: no reason to end a daemon.
   */
  private HttpRequest.Builder requestFor(String path) throws IOException {
    try {
      return HttpRequest.newBuilder(URI.create(base + path));
    } catch (IllegalArgumentException noAddress) {
      throw new IOException(base + path + ": is no address", noAddress);
    }
  }

  /** The platform's exception for a server that is not there says nothing at all. */
  private HttpResponse<InputStream> send(HttpRequest request)
      throws IOException, InterruptedException {
    try {
      return client.send(request, headers -> new TimeoutBody(patience));
    } catch (IOException noAnswer) {
      String why = noAnswer.getMessage() == null ? "cannot connect" : noAnswer.getMessage();
      throw new IOException(request.uri() + ": " + why, noAnswer);
    } catch (IllegalArgumentException | UncheckedIOException | SecurityException unusable) {
      throw new IOException(request.uri() + ": " + unusable.getMessage(), unusable);
    }
  }

  private static Response answer(HttpResponse<InputStream> response) throws IOException {
    HttpHeaders headers = response.headers();
    if (response.statusCode() != PART) {
      OptionalLong length = contentLength(headers);
      return new Response(response.statusCode(), 0, length, isEncoded(headers), response.body());
    }
    String range = headers.firstValue("Content-Range").orElse("");
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (!matcher.matches()) {
      // Whoever asked refuses it: an interruption would be asked for again, and for ever.
      return new Response(
          PART, Response.NOWHERE, OptionalLong.empty(), isEncoded(headers), response.body());
    }
    long start = Long.parseLong(matcher.group(1));
    String total = matcher.group(2);
    return new Response(PART, start, knownLength(total), isEncoded(headers), response.body());
  }

  private static boolean isEncoded(HttpHeaders headers) {
    return headers.allValues("Content-Encoding").stream()
        .flatMap(value -> Stream.of(value.split(",", -1)))
        .anyMatch(coding -> !PLAIN.contains(coding.strip().toLowerCase(Locale.ROOT)));
  }

  private static OptionalLong knownLength(String total) {
    return total.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(total));
  }

  private static OptionalLong contentLength(HttpHeaders headers) throws IOException {
    try {
      return headers.firstValueAsLong("Content-Length");
    } catch (NumberFormatException notANumber) {
      throw new IOException("Content-Length is not a number", notANumber);
    }
  }
}
