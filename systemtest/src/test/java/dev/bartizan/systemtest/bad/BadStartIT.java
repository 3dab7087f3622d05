// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Operator;
import dev.bartizan.systemtest.lab.TestDevice;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Starts that cannot succeed, and starts into a world that is not as it should be. */
class BadStartIT extends OneDevice {
  private Operator stranger;

  @BeforeAll
  void foundAnotherFleet() throws Exception {
    stranger = Operator.inThisProcess(Distribution.built(), home().resolve("stranger"));
    stranger.init(lab().brokerPort(), lab().repositoryUrl());
  }

  @BeforeEach
  void serve() throws Exception {
    if (!device().isRunning()) {
      device().start();
    }
    awaitServing("1.0.0");
  }

  @Test
  void anUnknownKeyInTheConfigurationIsNamed() throws Exception {
    Path changed = device().configurationWith("[serve]", "[serve]\ntreads = 2");

    assertOneLine(2, device().runWith(changed, "run"), changed.toString(), "serve.treads");
    assertServes("1.0.0");
  }

  @Test
  void anAddressThatNobodyCanAskIsNamedAndEndsTheDaemonForGood() throws Exception {
    Path port = device().configurationWith(lab().repositoryUrl(), "http://127.0.0.1:99999/");
    assertOneLine(2, device().runWith(port, "run"), port.toString(), "repository.url");
    assertOneLine(1, device().runWith(port, "doctor"), port.toString(), "repository.url");

    String broker = "ssl://localhost:" + lab().brokerPort();
    Path none = device().configurationWith(broker, "ssl://localhost");
    assertOneLine(2, device().runWith(none, "run"), none.toString(), "fleet.broker");
    assertServes("1.0.0");
  }

  @Test
  void aSecondDaemonIsNotLetIntoTheStateDirectory() throws Exception {
    assertOneLine(3, device().run("run"), device().state().toString(), "in use");
    assertServes("1.0.0");
  }

  @Test
  void aCommandLineThatIsWrongIsNotASituationOfTheDevice() throws Exception {
    assertEquals(2, device().run("run", "--no-such-option").exit());
    assertEquals(2, device().run("rollback").exit());
  }

  @Test
  void aChipThatIsGoneIsNamed() throws Exception {
    device().stop();
    Path changed = device().configurationWith(device().chip().addressText(), "swtpm:/gone.sock");

    assertOneLine(3, device().runWith(changed, "run"), "/gone.sock");
  }

  @Test
  void aSocketThatSomebodyElseListensOnIsNamed() throws Exception {
    device().stop();
    Path socket = device().home().resolve("inference.sock");
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket));

      assertOneLine(3, device().run("run"), socket.toString(), "in use");
    }
    assertTrue(Files.exists(socket), "the other one's socket is gone");
  }

  @Test
  void aNewDeviceWithTheRootOfAnotherFleetBelievesNothing() throws Exception {
    device().stop();
    try (TestDevice newcomer =
        device()
            .withChip(
                device().chip(),
                home().resolve("newcomer"),
                lab().repositoryUrl(),
                lab().brokerPort())) {
      delete(newcomer.state().resolve("tuf"));
      pinStrangersRoot(newcomer);
      newcomer.start();

      assertOneLine(1, newcomer.run("update", MODEL, "--check"), "SIG_THRESHOLD", "timestamp");
      assertEquals("", newcomer.serving(MODEL));
      assertFalse(Files.exists(newcomer.state().resolve("tuf/timestamp.json")));
    }
  }

  // Attack: wrong software; where the pinned root is exchanged, nothing on disk is what it vouches
  // for.
  @Test
  void theRootOfAnotherFleetServesNothingOfOursUntilOursIsThereAgain() throws Exception {
    device().stop();
    pinStrangersRoot(device());
    device().start();

    awaitProblem("metadata", "a chain of roots from the pinned version");
    assertEquals("", device().serving(MODEL));
    device().stop();
    Files.copy(
        lab().operator().directory().resolve("device/root.json"),
        device().home().resolve("root.json"),
        StandardCopyOption.REPLACE_EXISTING);
    device().start();
    awaitServing("1.0.0");
  }

  private void pinStrangersRoot(TestDevice device) throws Exception {
    Files.copy(
        stranger.directory().resolve("device/root.json"),
        device.home().resolve("root.json"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void metadataThatExpiredIsRefusedAndWhatWasGoodGoesOn() throws Exception {
    signTimestampDaysAgo(3);

    assertOneLine(1, device().run("update", MODEL, "--check"), "timestamp", "EXPIRED");
    assertServes("1.0.0");
    device().stop();
    device().start();
    awaitServing("1.0.0");
    awaitProblem("repository", "EXPIRED");

    lab().operator().release("refresh");
    device().run("update", MODEL, "--check").expect(0);
  }

  @Test
  void aDeviceThatFindsNobodyServesAndComesBackWhenTheyDo() throws Exception {
    device().stop();
    lab().broker().stop();
    lab().web().stop();
    device().start();

    awaitServing("1.0.0");
    awaitProblem("repository", lab().repositoryUrl());
    awaitProblem("broker", "not connected");
    assertOneLine(3, device().run("update", MODEL, "--check"), lab().repositoryUrl());

    lab().web().restart();
    lab().broker().restart();
    awaitNoProblem("broker");
    lab().command("status").expect(0);
    device().run("update", MODEL, "--check").expect(0);
  }

  @Test
  void aBootOfAnotherKernelOpensNoModelAndSaysWhichPcr() throws Exception {
    device().stop();
    device().restartWith("another kernel");
    device().start();

    awaitProblem("boot", "pcr");
    assertEquals("", device().serving(MODEL));
    assertNotEquals(200, device().inference(MODEL, Models.sample("pit")).status());
    assertEquals(1, device().run("check").exit());

    device().stop();
    device().restartWith(Lab.KERNEL);
    device().start();
    awaitServing("1.0.0");
  }

  private static void delete(Path directory) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
