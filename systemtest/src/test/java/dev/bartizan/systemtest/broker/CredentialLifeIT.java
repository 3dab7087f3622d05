// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Ports;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device whose certificates live a minute, at a real broker, while an application asks. */
final class CredentialLifeIT {
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int RENEWALS = 3;

  private Path home = Path.of("");
  private Lab lab;
  private Background serving;

  @BeforeEach
  void begin() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.founded(Distribution.built(), home);
    shorten();
    int port = Ports.free();
    lab.device().useServer(port);
    lab.enrol(); // By a server of its own, which is gone when this one takes the database.
    serving = lab.operator().serve(port);
  }

  @AfterEach
  void end() throws Exception {
    serving.close();
    lab.close();
    FileTree.delete(home);
  }

  @Test
  void certificatesAreRenewedWhileTheDeviceServesAndDieWithTrust() throws Exception {
    BigInteger first = serial();
    lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
    lab.vouch();
    lab.operator().run("refresh");
    // By now the certificate may have run out: then the device comes back by its chip alone.
    lab.device().start();
    awaitNext(first);
    lab.command("update", "model=" + Models.NAME, "version=1.0.0").expect(0);

    try (Application application = new Application()) {
      int connections = connections();
      for (int i = 0; i < RENEWALS; i++) {
        awaitNext(serial());
      }
      await("the link with the new certificate", () -> connections() >= connections + RENEWALS);
      await("the broker", () -> status("broker").equals("connected"));
      lab.command("status").expect(0);
      application.requireServed();
    }

    lab.operator().run("device", "quarantine", ueid().text());
    BigInteger last = serial();
    await("the server's no", () -> error().contains("NOT_WELCOME"));
    assertEquals(last, serial());
    assertEquals("1.0.0", lab.device().serving(Models.NAME));

    lab.operator().run("device", "release", ueid().text());
    awaitNext(last);

    lab.operator().run("device", "revoke", ueid().text());
    Instant revoked = Instant.now();
    await("the end of the session", () -> status("broker").startsWith("not connected"));
    assertTrue(Instant.now().isBefore(revoked.plus(Duration.ofMinutes(1))));
    await("the server's last no", () -> error().contains("NOT_WELCOME"));
    assertEquals("1.0.0", lab.device().serving(Models.NAME));
  }

  /** The operator's choice of how long certificates live is in this file. */
  private void shorten() throws IOException {
    Path settings = lab.operator().directory().resolve("fleet.json");
    String text = Files.readString(settings);
    String changed = text.replace(": 86400", ": " + LIFE.toSeconds());
    assertTrue(!changed.equals(text), text);
    Files.writeString(settings, changed);
  }

  /** Waits for a certificate that is not {@code before}, upon evidence as it is. */
  private void awaitNext(BigInteger before) throws Exception {
    await(
        "the next certificate",
        () -> !serial().equals(before) && status("credentials", "last_error").isEmpty());
  }

  private Ueid ueid() {
    return Ueid.parse(lab.ueid());
  }

  private BigInteger serial() throws IOException {
    try {
      Device device =
          Databases.once(
              new SharedDirectory(lab.operator().directory()),
              database -> database.devices().get(ueid()));
      return device.identity().getSerialNumber();
    } catch (IOException unreadable) {
      throw unreadable;
    } catch (Exception refused) {
      throw new IOException(refused);
    }
  }

  private String error() throws IOException {
    return status("credentials", "last_error");
  }

  private String status(String... path) throws IOException {
    var node = lab.device().status();
    for (String name : path) {
      node = node.path(name);
    }
    return node.asText();
  }

  /** How often the broker has let the device in. */
  private int connections() throws IOException {
    String log = Files.readString(lab.operator().directory().resolve("mosquitto.log"));
    return (int)
        log.lines()
            .filter(line -> line.contains("New client connected"))
            .filter(line -> line.contains(" as " + lab.ueid()))
            .count();
  }

  private static void await(String what, Patience.Question question) throws Exception {
    Patience.await(what, PATIENCE, question);
  }

  /** Asks all the time, and remembers what went wrong. */
  private final class Application implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::ask, "application");

    Application() {
      thread.start();
    }

    private void ask() {
      while (!over.get()) {
        try {
          String label = Models.label(lab.device().infer(Models.NAME, Models.sample("pit")));
          assertEquals("crack", label);
          answered.incrementAndGet();
        } catch (IOException | AssertionError failed) {
          failures.add(failed.toString());
        }
      }
    }

    void requireServed() {
      assertEquals(List.of(), List.copyOf(failures));
      assertTrue(answered.get() > 1000, answered + " answers");
      System.out.println(
          "renewed " + RENEWALS + " times; " + answered + " requests answered, none failed");
    }

    @Override
    public void close() {
      over.set(true);
      try {
        thread.join();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
