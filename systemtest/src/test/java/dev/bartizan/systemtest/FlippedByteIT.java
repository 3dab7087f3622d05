// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.LocalClient;
import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.TestDevice;
import dev.bartizan.systemtest.lab.WebServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A device that serves 1.1.0 and keeps 1.0.0 is switched off, one bit of one of its files is
 * flipped, and it is switched on again: it says which file it was. Every file it has is tried,
 * without network, so that nothing can be replaced in silence.
 *
 * <p>Said is: a line of the daemon's that names the file, a link of its check that does and is not
 * good, or an exit code other than 0 with such a line.
 */
final class FlippedByteIT {
  /** Empty; it is locked, not read. */
  private static final String LOCK = "state/.lock";

  private static final String SET = "state/tuf/last-good.set";
  private static final String PROVIDED = "state/provided";
  private static final String NAMED_ONE_BY_ONE = "state/(tuf|documents|objects|envelopes|outbox)/";

  /** What a damaged one of these does not keep from serving. */
  private static final String SERVES_ON =
      "state/(tuf/.*\\.json|journal|history|inbox|outbox/.*|provided|verified-time)";

  /** Without these there is no identity to start with. */
  private static final String ENDS = "state/(keystore/.*|credentials\\.json)|root\\.json";

  /** Each line of the configuration has an effect of its own. */
  private static final String DEPENDS = "agent\\.toml|fleet-ca\\.pem";

  /** Files of at most so many bytes are tried byte by byte, of longer ones so many bytes. */
  private static final int POSITIONS = 300;

  /** Of files for which each try costs all the signatures again. */
  private static final int FEW_POSITIONS = 40;

  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Path home;
  private static Lab lab;
  private static TestDevice device;
  private static Pristine pristine;

  /** What came of a start: what was said, and which version serves. */
  private record Start(boolean ended, String said, String serving) {}

  @BeforeAll
  static void aDeviceThatWasUpdatedAndThenLostTheNetwork() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.serving(Distribution.built(), home);
    device = lab.device();
    lab.release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"));
    lab.command("update", "model=" + Models.NAME, "version=1.1.0").expect(0);
    lab.broker().close();
    lab.web().close();
    device.stop();
    // Started without network, it has something to tell the fleet, which waits in the outbox.
    start();
    device.stop();
    Files.delete(device.home().resolve("agent.log"));
    pristine = Pristine.of(device.home());
  }

  @AfterAll
  static void switchOff() throws Exception {
    lab.close();
  }

  @BeforeEach
  void asItWas() throws Exception {
    pristine.restore();
  }

  @AfterEach
  void stop() {
    device.stop();
  }

  @Test
  void nothingIsSaidOfADeviceOnWhichNothingWasFlipped() throws Exception {
    Start start = start();
    assertEquals("1.1.0", start.serving());
    for (String file : pristine.files().keySet()) {
      assertFalse(names(start.said(), file), file + " in " + start.said());
    }
  }

  @Test
  void aFlipInAnyFileIsNoticedByTheNextStart() throws Exception {
    assertEquals(0, pristine.content(LOCK).length);
    Set<String> left = ours();
    left.remove(LOCK);
    List<String> unnoticed = new ArrayList<>();
    while (!left.isEmpty()) {
      List<String> files = likeTheFirstOf(left);
      Start start = startWith(files);
      files.stream()
          .filter(file -> !names(start.said(), file))
          .forEach(file -> unnoticed.add(file + ": " + start));
      requireService(files.get(0), start);
      files.forEach(left::remove);
    }
    assertEquals(List.of(), unnoticed);
  }

  /** Files that one reader names one by one are tried in one start. */
  private static List<String> likeTheFirstOf(Set<String> files) {
    String first = files.iterator().next();
    String folder = first.substring(0, first.lastIndexOf('/') + 1);
    return folder.matches(NAMED_ONE_BY_ONE) && !first.equals(SET)
        ? files.stream().filter(it -> it.startsWith(folder) && !it.equals(SET)).toList()
        : List.of(first);
  }

  private static void requireService(String file, Start start) {
    if (file.matches(SERVES_ON)) {
      assertEquals("1.1.0", start.serving(), file + ": " + start);
    }
    assertTrue(file.matches(DEPENDS) || start.ended() == file.matches(ENDS), file + ": " + start);
  }

  @Test
  void aDamagedModelIsNotServed() throws Exception {
    String weights =
        pristine.files().keySet().stream()
            .filter(file -> file.startsWith("state/objects/"))
            .max((one, other) -> pristine.content(one).length - pristine.content(other).length)
            .orElseThrow();
    // 1.0.0 and 1.1.0 are of one length: both are damaged, one of them is the active one.
    int length = pristine.content(weights).length;
    for (String file : pristine.files().keySet()) {
      if (pristine.content(file).length == length) {
        flip(file, Flip.somewhere(pristine.content(file)));
      }
    }
    assertEquals("", start().serving());
  }

  /** The same with the repository there: noticed all the same, and mended. */
  @Test
  void damagedMetadataIsMendedFromTheRepositoryAndSaidToBeDamaged() throws Exception {
    List<String> singles = pristine.files().keySet().stream().filter(this::isRefetched).toList();
    assertTrue(singles.size() >= 8, singles.toString());
    for (String file : singles) {
      flip(file, Flip.somewhere(pristine.content(file)));
    }
    mends(singles);
    pristine.restore();
    flip(SET, Flip.first());
    mends(List.of(SET));
  }

  /** By the agent's own readers, in this process. */
  @Test
  void noByteOfAnyFileCanBeFlippedUnnoticed() throws Exception {
    List<String> unnoticed = new ArrayList<>();
    try (Lookers lookers = new Lookers(AgentConfig.read(device.configuration()))) {
      for (String file : ours()) {
        assertFalse(lookers.notice(file), file);
        int most = file.startsWith("state/tuf/") ? FEW_POSITIONS : POSITIONS;
        for (int position : Flip.positions(pristine.content(file), most).toArray()) {
          flip(file, new Flip(position));
          if (!lookers.notice(file)) {
            unnoticed.add(file + ", byte " + position);
          }
          pristine.restore(List.of(file, PROVIDED));
        }
        pristine.restore();
      }
    }
    assertEquals(List.of(), unnoticed);
  }

  /** The firmware's log is not: it counts only as far as it replays to what the chip says. */
  private static Set<String> ours() {
    Set<String> files = new TreeSet<>(pristine.files().keySet());
    assertTrue(files.remove(device.eventLog().getFileName().toString()));
    return files;
  }

  private boolean isRefetched(String file) {
    return file.matches("state/(tuf/.*\\.json|documents/.*)");
  }

  private void mends(List<String> files) throws Exception {
    int port = URI.create(lab.repositoryUrl()).getPort();
    try (WebServer web = WebServer.start(home.resolve("web2"), repository(), port)) {
      assertFalse(web.url().isEmpty());
      Start start = start();
      for (String file : files) {
        assertTrue(names(start.said(), file), file + " in " + start);
      }
      Patience.await("the mended metadata", LONGEST, () -> areMended(files));
      Patience.await("the model", LONGEST, () -> device.serving(Models.NAME).equals("1.1.0"));
    } finally {
      device.stop();
    }
  }

  private static boolean areMended(List<String> files) throws Exception {
    for (String file : files) {
      boolean isDropped =
          file.contains("/documents/") && !Files.exists(device.home().resolve(file));
      if (!isDropped && !pristine.holds(file)) {
        return false;
      }
    }
    return true;
  }

  private static Path repository() {
    return lab.operator().repository();
  }

  private static Start startWith(List<String> files) throws Exception {
    pristine.restore();
    for (String file : files) {
      flip(file, Flip.middle(pristine.content(file)));
    }
    try {
      return start();
    } finally {
      device.stop();
    }
  }

  private static void flip(String file, Flip flip) throws Exception {
    Files.write(device.home().resolve(file), flip.of(pristine.content(file)));
  }

  /** A refusal names a file by its path or, when that is a digest, by that alone. */
  private static boolean names(String said, String file) {
    Path name = Objects.requireNonNull(Path.of(file).getFileName());
    return said.contains(name.toString());
  }

  /** Starts the daemon; its check is answered in its first turn, when all has been looked at. */
  private static Start start() throws Exception {
    Background daemon = device.launch();
    Answer[] check = new Answer[1];
    Patience.await(
        "the daemon's check",
        LONGEST,
        () -> {
          if (!daemon.isAlive()) {
            return true;
          }
          check[0] = control("check");
          return check[0].status() == 200;
        });
    String log = device.log();
    if (check[0] == null) {
      assertNotEquals(0, daemon.await(), log);
      return new Start(true, log, "");
    }
    return new Start(false, log + badLinks(json(check[0])), device.serving(Models.NAME));
  }

  private static Answer control(String path) throws Exception {
    return new LocalClient(device.home().resolve("control.sock")).get("/bartizan/v1/" + path);
  }

  private static String badLinks(JsonNode check) {
    StringBuilder links = new StringBuilder();
    for (JsonNode link : check.path("links")) {
      if (!link.path("verdict").asText().equals("good")) {
        links.append(link).append('\n');
      }
    }
    return links.toString();
  }

  private static JsonNode json(Answer answer) throws Exception {
    return JSON.readTree(StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString());
  }
}
