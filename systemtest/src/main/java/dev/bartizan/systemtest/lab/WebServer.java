// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** nginx, serving one directory as it is. */
@TouchesTheWorld("writes the server's configuration")
public final class WebServer implements AutoCloseable {
  private final Path home;
  private final int port;
  private Background process;

  private WebServer(Path home, int port, Background process) {
    this.home = home;
    this.port = port;
    this.process = process;
  }

  /** Serves {@code content} on {@code port}; keeps its own files in {@code home}. */
  public static WebServer start(Path home, Path content, int port)
      throws IOException, InterruptedException {
    Files.createDirectories(home);
    Files.writeString(
        home.resolve("nginx.conf"),
        String.join(
            "\n",
            "daemon off;",
            "user root;",
            "worker_processes 1;",
            "pid " + home.resolve("nginx.pid") + ";",
            "error_log " + home.resolve("error.log") + ";",
            "events { worker_connections 64; }",
            "http {",
            "  log_format bytes '$request_method $uri $status $body_bytes_sent';",
            "  access_log " + home.resolve("access.log") + " bytes;",
            "  client_body_temp_path " + home.resolve("body") + ";",
            "  proxy_temp_path " + home.resolve("proxy") + ";",
            "  fastcgi_temp_path " + home.resolve("fastcgi") + ";",
            "  uwsgi_temp_path " + home.resolve("uwsgi") + ";",
            "  scgi_temp_path " + home.resolve("scgi") + ";",
            "  server { listen 127.0.0.1:" + port + "; root " + content + "; }",
            "}",
            ""));
    return new WebServer(home, port, launch(home, port));
  }

  private static Background launch(Path home, int port) throws IOException, InterruptedException {
    Background process =
        Background.start(
            home.resolve("nginx.log"),
            program(),
            "-p",
            home.toString(),
            "-e",
            home.resolve("error.log").toString(),
            "-c",
            home.resolve("nginx.conf").toString());
    Patience.await("nginx", Duration.ofSeconds(20), () -> Ports.answers(port));
    return process;
  }

  private static String program() {
    return Files.exists(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
  }

  public String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  /** Bytes of content it has sent so far. */
  public long bytesSent() throws IOException {
    try (var lines = Files.lines(home.resolve("access.log"))) {
      return lines
          .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  /** Its requests so far, one line each: method, path, status, bytes. */
  public String requests() throws IOException {
    return Files.readString(home.resolve("access.log"));
  }

  /** Takes it down for a while. */
  public void stop() {
    process.close();
  }

  /** Brings it back. */
  public void restart() throws IOException, InterruptedException {
    process = launch(home, port);
  }

  @Override
  public void close() {
    process.close();
  }
}
