// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.tuf.RepositorySimulator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command against a real HTTP server, as the conformance suite drives it. */
class TufCommandTest {
  /** Quoted characters in the address have to arrive as they were given. */
  private static final String TEST = "/test%5Ba%2Fb%23%3F%5D";

  @TempDir Path directory;
  private final RepositorySimulator repository = new RepositorySimulator();
  private final Map<String, byte[]> served = new HashMap<>();
  private final List<String> targetRequests = new ArrayList<>();
  private final StringWriter errors = new StringWriter();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    byte[] body = null;
    if (path.startsWith(TEST + "/metadata/")) {
      String name = path.substring((TEST + "/metadata/").length());
      body = repository.find(name, 1 << 24).orElse(null);
    } else if (path.startsWith(TEST + "/targets/")) {
      targetRequests.add(path.substring((TEST + "/targets/").length()));
      body = served.get(targetRequests.get(targetRequests.size() - 1));
    }
    exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
    if (body != null) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private int run(String... arguments) {
    CommandLine command =
        new CommandLine(new TufCommand(Clock.fixed(RepositorySimulator.START, ZoneOffset.UTC)));
    command.setErr(new PrintWriter(errors, true));
    List<String> line = new ArrayList<>(List.of("--metadata-dir", path("metadata")));
    line.addAll(List.of(arguments));
    return command.execute(line.toArray(String[]::new));
  }

  private int init() throws IOException {
    Path root = Files.write(directory.resolve("root.json"), repository.rootFile(1));
    return run("init", root.toString());
  }

  private int refresh() {
    return run("--metadata-url", url("/metadata/"), "refresh");
  }

  private int download(String... names) {
    List<String> line = new ArrayList<>(List.of("--metadata-url", url("/metadata/")));
    Stream.of(names).forEach(name -> line.addAll(List.of("--target-name", name)));
    line.addAll(List.of("--target-base-url", url("/targets/"), "--target-dir", path("targets")));
    line.add("download");
    return run(line.toArray(String[]::new));
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + TEST + path;
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private void offer(String path, String content, String delivered) {
    repository.addTarget("targets", path, content);
    int slash = path.lastIndexOf('/') + 1;
    String hash = Digest.of(content.getBytes(UTF_8)).hex();
    served.put(
        path.substring(0, slash) + hash + "." + path.substring(slash), delivered.getBytes(UTF_8));
  }

  private Set<String> files(String name) throws IOException {
    Path from = directory.resolve(name);
    if (!Files.exists(from)) {
      return Set.of();
    }
    try (Stream<Path> files = Files.walk(from)) {
      Set<String> names = new TreeSet<>();
      files.filter(Files::isRegularFile).forEach(file -> names.add(file.getFileName().toString()));
      return names;
    }
  }

  /**
   * The roles' own files; older roots, which the chain is verified over, lie in a folder of theirs.
   */
  private Set<String> trustedRoles() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(directory.resolve("metadata"))) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".json"))
          .forEach(names::add);
    }
    return names;
  }

  @Test
  void initAsksNobodyAndRefreshAsksOnceForEach() throws Exception {
    assertEquals(0, init());
    assertEquals(List.of(), repository.takeRequests());
    assertEquals(0, refresh(), errors::toString);
    assertEquals(
        List.of("2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"),
        repository.takeRequests());
    assertEquals(
        Set.of("root.json", "timestamp.json", "snapshot.json", "targets.json"), trustedRoles());
  }

  @Test
  void trustSurvivesBetweenCommandsSoAReplayIsRefused() throws Exception {
    init();
    byte[] old = repository.served("timestamp.json");
    repository.releaseTimestamp();
    assertEquals(0, refresh());
    repository.serve("timestamp.json", old);
    assertEquals(1, refresh());
    assertTrue(errors.toString().startsWith("ROLLBACK: timestamp: "), errors::toString);
    assertEquals(1, errors.toString().lines().count());
  }

  @Test
  void targetsAreDownloadedOnceAndRefusedWhenTheyAreNotWhatWasSigned() throws Exception {
    init();
    offer("dir/good", "good", "good");
    offer("evil", "good", "evil");
    offer("endless", "good", "good and more");
    repository.release("targets");
    assertEquals(0, download("dir/good"), errors::toString);
    assertEquals(0, download("dir/good"));
    assertEquals(1, targetRequests.size(), "the second time it is there already");
    assertEquals(1, download("evil"));
    assertEquals(1, download("endless"));
    assertEquals(1, download("nobody-lists-this"));
    assertEquals(Set.of("dir%2Fgood"), files("targets"));
    assertEquals("good", Files.readString(directory.resolve("targets/dir%2Fgood")));
    try (Stream<Path> beside = Files.list(directory)) {
      assertFalse(beside.anyMatch(file -> file.toString().endsWith(".incoming")));
    }
  }

  @Test
  void severalTargetsAreTakenInOrderUntilOneFails() throws Exception {
    init();
    offer("one", "1", "1");
    offer("two", "2", "x");
    offer("three", "3", "3");
    repository.release("targets");
    assertEquals(1, download("one", "two", "three"));
    assertEquals(Set.of("one"), files("targets"));
  }

  @Test
  void aChangedTargetTakesThePlaceOfTheOldOne() throws Exception {
    init();
    offer("t", "old", "old");
    repository.release("targets");
    assertEquals(0, download("t"));
    offer("t", "new", "new");
    repository.release("targets");
    assertEquals(0, download("t"));
    assertEquals("new", Files.readString(directory.resolve("targets/t")));
  }

  @Test
  void everyFailureExitsWithOne() throws Exception {
    assertEquals(1, run("refresh"), "no URL");
    assertEquals(1, run("no-such-thing"));
    assertEquals(1, run());
    assertEquals(1, run("init"), "no root");
    assertEquals(1, run("init", path("missing")));
    assertEquals(1, refresh(), "no trusted root");
    assertEquals(1, new CommandLine(new TufCommand()).setErr(new PrintWriter(errors)).execute());
    init();
    server.stop(0);
    assertEquals(1, refresh(), "nobody answers");
  }
}
