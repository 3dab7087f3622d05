// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.author.publish.RepositoryPlan;
import dev.bartizan.author.release.AuthorRepository;
import dev.bartizan.author.release.NewAuthor;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.init.FleetInit;
import dev.bartizan.fleet.init.FleetPlan;
import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Ports;
import dev.bartizan.systemtest.lab.Program;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What people are told who meet a device that is not in order yet: the cause, and what to do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MessagesIT {
  private static final String NO_RIGHTS = "---------";

  @TempDir private static Path home;
  private Path repository;
  private HttpServer web;

  @BeforeAll
  void found() throws Exception {
    found(home.resolve("author"), home.resolve("fleet"));
    repository = home.resolve("author/repository");
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext("/", this::asAnObjectStore);
    web.start();
  }

  @AfterAll
  void end() {
    web.stop(0);
  }

  private static void found(Path author, Path fleet) throws Exception {
    SharedDirectory directory = new SharedDirectory(author);
    SecureRandom random = new SecureRandom();
    NewAuthor.create(
        directory,
        new AuthorRepository(directory, KeySecrets.NONE, Clock.systemUTC(), random),
        RepositoryPlan.defaults(SignatureScheme.ED25519));
    FleetSettings settings =
        new FleetSettings(
            "fleet.example", "ssl://localhost:8883", URI.create("http://localhost:8080/"));
    new FleetInit(new SharedDirectory(fleet), Clock.systemUTC(), random)
        .found(
            new FleetPlan(settings, List.of("localhost")),
            Files.readAllBytes(author.resolve("root.json")));
  }

  /** What is not there is forbidden: it does not say what it has. */
  private void asAnObjectStore(HttpExchange exchange) throws IOException {
    try (exchange) {
      Path file = repository.resolve(exchange.getRequestURI().getPath().substring(1));
      if (Files.isRegularFile(file)) {
        byte[] content = Files.readAllBytes(file);
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
      } else {
        exchange.sendResponseHeaders(403, -1);
      }
    }
  }

  @Test
  void whoMayNotAskTheDaemonIsToldThatItIsPermission() throws Exception {
    Path socket = home.resolve("control.sock");
    try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      daemon.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(NO_RIGHTS));
      Outcome status =
          powerless(
              "status", configuration("member", "[serve]\ncontrol_socket = \"" + socket + "\""));
      assertEquals(3, status.exit(), status.err());
      assertTrue(status.err().contains("permission denied"), status.err());
      assertFalse(status.err().contains("not running"), status.err());
    }
  }

  @Test
  void doctorDoesNotTellWhoMayNotAskTheDaemonToStartItOrToSignItsBoot() throws Exception {
    Path socket = home.resolve("doctor.sock");
    try (Swtpm chip = Swtpm.manufacture();
        ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      daemon.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(NO_RIGHTS));
      String more =
          "[keystore]\ntpm = \""
              + chip.addressText()
              + "\"\n[serve]\ncontrol_socket = \""
              + socket
              + "\"";
      Outcome doctor = powerless("doctor", configuration("asking", more));
      assertEquals(1, doctor.exit(), doctor.err());
      assertTrue(doctor.out().contains("wrong daemon: " + socket + ": permission denied: "));
      assertFalse(doctor.out().contains("start it"), doctor.out());
      assertTrue(doctor.out().contains("; `bartizan check` judges them"), doctor.out());
      assertTrue(doctor.out().contains("note  safeguards: only the daemon's user"), doctor.out());
    }
  }

  @Test
  void aTokenThatMayNotBeReadIsNotCalledNoTokenAndNoKeysAreMadeForIt() throws Exception {
    Path token = Files.writeString(home.resolve("token"), "secret\n");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString(NO_RIGHTS));
    Path password = Files.writeString(home.resolve("password"), "correct horse\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    Path config =
        configuration(
            "token",
            "[keystore]\nkind = \"software\"\nfor_development = true\npassword_file = \""
                + password
                + "\"");
    Outcome enrolled =
        powerless(
            "enroll", config, "--server", "https://localhost:1", "--token-file", token.toString());
    assertEquals(3, enrolled.exit(), enrolled.err());
    assertTrue(enrolled.reason().startsWith(token.toString()), enrolled.err());
    assertTrue(enrolled.reason().contains("this user may not read it"), enrolled.err());
    assertFalse(Files.exists(home.resolve("token.state/keystore")));
  }

  @Test
  void aChipThatKeepsAnotherBankNamesItAndTheKeyToSet() throws Exception {
    try (Swtpm chip = Swtpm.manufacture()) {
      chip.keepBanks("sha384");
      Path config = configuration("bank", "[keystore]\ntpm = \"" + chip.addressText() + "\"");
      Outcome doctor = bartizan("doctor", config);
      assertEquals(1, doctor.exit(), doctor.out());
      assertTrue(doctor.out().matches("(?s).*wrong pcr banks: .*active: sha384: .*"), doctor.out());
      assertTrue(doctor.out().contains("keystore.boot_pcrs"), doctor.out());
      Outcome enrolled = bartizan("enroll", config, "--server", "https://localhost:1");
      assertEquals(3, enrolled.exit(), enrolled.err());
      assertTrue(enrolled.reason().contains("active: sha384"), enrolled.err());
      assertTrue(enrolled.reason().contains("keystore.boot_pcrs"), enrolled.err());
    }
  }

  @Test
  void doctorMakesARealRefreshAndKeepsNothingOfIt() throws Exception {
    Path config = configuration("look", "");
    String well = bartizan("doctor", config).out();
    assertTrue(well.contains("ok    repository"), well);
    assertFalse(Files.exists(home.resolve("look.state/tuf")), "something was kept");

    Path snapshot;
    try (var files = Files.list(repository.resolve("metadata"))) {
      // The older ones stay beside the one that is meant.
      snapshot =
          files
              .filter(file -> file.toString().endsWith("snapshot.json"))
              .max(Comparator.naturalOrder())
              .orElseThrow();
    }
    Path aside = Files.move(snapshot, home.resolve("aside"));
    try {
      String half = bartizan("doctor", config).out();
      assertTrue(half.matches("(?s).*wrong repository: .*snapshot\\.json.*"), half);
    } finally {
      Files.move(aside, snapshot);
    }
  }

  @Test
  void aRepositoryOfAnotherFleetIsNotSaidToAnswer() throws Exception {
    Path other = home.resolve("other");
    found(other.resolve("author"), other);
    Path config = configuration("other", "");
    String ours = Files.readString(config);
    Path root = home.resolve("fleet/device/root.json");
    assertTrue(ours.contains(root.toString()), ours);
    Files.writeString(
        config, ours.replace(root.toString(), other.resolve("device/root.json").toString()));
    String said = bartizan("doctor", config).out();
    assertTrue(said.contains("wrong repository: "), said);
  }

  @Test
  void theEnrolmentServerSaysWhereItListensAndNothingElse() throws Exception {
    int port = Ports.free();
    try (Swtpm chip = Swtpm.manufacture()) {
      Files.copy(chip.issuerCertificate(), home.resolve("fleet/ek-roots/maker.pem"));
    }
    try (Background server =
        Background.start(
            home.resolve("serve.log"),
            Distribution.built().fleet(),
            "serve",
            home.resolve("fleet").toString(),
            "--listen",
            "127.0.0.1:" + port)) {
      Patience.await("the server", Duration.ofSeconds(60), () -> Ports.answers(port));
      Patience.await("its word", Duration.ofSeconds(60), () -> server.log().contains("\n"));
      assertEquals("enrolment at https://127.0.0.1:" + port + "\n", server.log());
    }
  }

  private Path configuration(String name, String more) throws IOException {
    Path state = Files.createDirectories(home.resolve(name + ".state"));
    String url = "http://127.0.0.1:" + web.getAddress().getPort() + "/";
    String text =
        String.join(
            "\n",
            "[repository]",
            "url = \"" + url + "\"",
            "trust_root = \"" + home.resolve("fleet/device/root.json") + "\"",
            "[fleet]",
            "trust_anchors = \"" + home.resolve("fleet/device/fleet-ca.pem") + "\"",
            "[device]",
            "state_directory = \"" + state + "\"",
            more,
            "");
    return Files.writeString(home.resolve(name + ".toml"), text);
  }

  private static Outcome bartizan(String command, Path configuration, String... options)
      throws IOException, InterruptedException {
    return new Program(Distribution.built().device()).run(words(command, configuration, options));
  }

  /** As somebody whom a file's mode keeps out: that is not root. */
  private static Outcome powerless(String command, Path configuration, String... options)
      throws IOException, InterruptedException {
    Program program =
        System.getProperty("user.name").equals("root")
            ? new Program(
                "setpriv",
                "--bounding-set",
                "-dac_override,-dac_read_search",
                Distribution.built().device())
            : new Program(Distribution.built().device());
    return program.run(words(command, configuration, options));
  }

  private static String[] words(String command, Path configuration, String... options) {
    List<String> words = new ArrayList<>(List.of(command, "--config", configuration.toString()));
    words.addAll(List.of(options));
    return words.toArray(String[]::new);
  }
}
