// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.WebServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Somebody has the disk for an hour and gives it back to a device that boots in its approved state:
 * what root does not own alone, the state directory, is another one's set, or lacks a file. {@link
 * EvilMaidWalkIT} takes every file.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EvilMaidIT extends OneDevice {
  private Stranger stranger;
  private Path saved;

  @BeforeAll
  void somebodyHadTheDisk() throws Exception {
    awaitServing("1.0.0");
    device().stop();
    saved = home().resolve("saved");
    Copies.copy(device().state(), saved);
    lab().web().close();
    stranger = Stranger.with(home().resolve("s"), lab());
  }

  @AfterAll
  void goHome() {
    if (stranger != null) {
      stranger.close();
    }
  }

  private void restore() throws Exception {
    FileTree.delete(device().state());
    Copies.copy(saved, device().state());
  }

  private WebServer serve(Path repository) throws Exception {
    int port = URI.create(lab().repositoryUrl()).getPort();
    return WebServer.start(Files.createTempDirectory(home(), "w"), repository, port);
  }

  // Attack: omission; with nobody to ask, what is missing opens nothing.
  @Test
  @Order(1)
  void whatNothingIsServedWithoutIsNotDoneWithout() throws Exception {
    Sight whole = Sight.of(device());
    assertEquals("1.0.0", whole.serving(), whole.said());
    for (String kind :
        List.of("tuf/last-good.set", "documents", "envelopes", "objects", "keystore")) {
      restore();
      Path file = device().state().resolve(kind);
      if (Files.isDirectory(file)) {
        FileTree.delete(file);
      } else {
        Files.delete(file);
      }
      Sight without = Sight.of(device());
      assertEquals("", without.serving(), kind + ": " + without);
      assertTrue(without.hasEnded() || !without.notGood().isEmpty(), kind + ": " + without);
    }
    restore();
  }

  // Attack: wrong software, by a whole set that a stranger made and a repository that confirms it.
  @Test
  @Order(2)
  void aWholeForeignStateIsBelievedInNothing() throws Exception {
    stranger.replaceAllButTheKeys(device().state());
    try (WebServer theirs = serve(stranger.repository())) {
      assertFalse(theirs.url().isEmpty());
      Sight sight = Sight.of(device());

      assertNothingForeign(sight);
      assertEquals(ProductVersion.TEXT, sight.version());
      assertTrue(sight.notGood().toString().contains("put back or exchanged"), sight.toString());
      assertTrue(sight.said().contains("a chain of roots from the pinned version"), sight.said());
      assertTrue(sight.said().contains("SIG_THRESHOLD"), sight.said());
      for (String file : List.of("journal", "history", "inbox")) {
        assertArrayEquals(
            Files.readAllBytes(stranger.state().resolve(file)),
            Files.readAllBytes(device().state().resolve(file)),
            file + ": what the stranger had begun was gone on with");
      }
    }
    theGenuineRepositoryMendsIt();
    restore();
  }

  private void theGenuineRepositoryMendsIt() throws Exception {
    try (WebServer ours = serve(lab().operator().repository())) {
      assertFalse(ours.url().isEmpty());
      device().start();
      awaitNoProblem("metadata");
      Outcome ordered = update("1.0.0");
      assertEquals(0, ordered.exit(), ordered.out() + ordered.err());
      awaitServing("1.0.0");
      device().stop();
    }
  }

  // Attack: the same, with keys that the stranger made in this very chip.
  @Test
  @Order(3)
  void keysThatTheStrangerMadeInOurChipOpenNothing() throws Exception {
    stranger.enrol(lab());
    try (WebServer theirs = serve(stranger.repository())) {
      assertFalse(theirs.url().isEmpty());
      Sight sight = Sight.of(device());
      assertNothingForeign(sight);
      assertNotEquals(List.of(), sight.notGood(), sight.said());
    }
  }

  private void assertNothingForeign(Sight sight) throws Exception {
    assertNotEquals(Stranger.AGENT, sight.version(), sight.said());
    assertEquals("", sight.serving(), sight.toString());
    assertFalse(sight.said().contains("serving defect"), sight.said());
    // Neither the version in the slot nor the model left a trace of having been about to run.
    String measured = Files.readString(measurements());
    assertFalse(measured.contains(Stranger.AGENT), measured);
    assertFalse(measured.contains(Stranger.MODEL_VERSION), measured);
  }

  private Path measurements() throws Exception {
    try (Stream<Path> files = Files.walk(device().home())) {
      return files.filter(it -> it.endsWith("measurements.json")).findFirst().orElseThrow();
    }
  }
}
