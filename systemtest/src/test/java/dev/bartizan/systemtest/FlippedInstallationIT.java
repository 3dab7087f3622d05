// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One flipped bit in a file of the agent's own, anywhere below {@code bin} and {@code lib}. What
 * else a distribution holds (units, the sample configuration, install.sh, the bill of materials) is
 * used once, to install, and never read by the agent.
 */
final class FlippedInstallationIT {
  /** What every start goes through before a line of ours can check anything. */
  private static final List<String> LAUNCHED_BY =
      List.of("bin/bartizan", "lib/launch.sh", "lib/device.list");

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Lab lab;
  private static Path installed;
  private static Pristine pristine;
  private static TestDevice device;

  @BeforeAll
  static void aDeviceWithACopyOfTheAgent() throws Exception {
    Path home = Files.createTempDirectory("b");
    Distribution built = Distribution.built();
    lab = Lab.serving(built, home);
    lab.device().stop();
    installed = home.resolve("usr");
    device = lab.device().with(built.copyTo(installed));
    pristine = Pristine.of(installed);
  }

  @AfterAll
  static void switchOff() {
    lab.close();
  }

  @AfterEach
  void asItWas() throws Exception {
    device.stop();
    pristine.restore();
  }

  @Test
  void theCheckOfARunningDaemonNamesEachFileWhereverItIsFlipped() throws Exception {
    device.start();
    // Asked by the command of another copy, since this one's is among the files.
    lab.device().run("check").expect(0);
    List<Function<byte[], Flip>> places =
        List.of(content -> Flip.first(), Flip::middle, Flip::last, Flip::somewhere);
    for (Function<byte[], Flip> place : places) {
      for (String file : checked()) {
        // Another file in its place: the daemon goes on with the one it has open.
        place.apply(pristine.content(file)).replace(installed.resolve(file));
      }
      assertEquals(checked(), bad(lab.device().run("check", "--json").expect(1)));
      pristine.restore();
    }
  }

  @Test
  void aFlippedLauncherOrJarOfOursNeverEndsInAGoodCheck() throws Exception {
    for (String file : LAUNCHED_BY) {
      byte[] content = pristine.content(file);
      for (Flip flip : List.of(Flip.first(), Flip.middle(content), Flip.last(content))) {
        startsBadlyOrNotAtAll(file, flip);
      }
    }
    for (String jar : checked().stream().filter(it -> it.matches("lib/bartizan-.*jar")).toList()) {
      startsBadlyOrNotAtAll(jar, Flip.middle(pristine.content(jar)));
    }
  }

  private static void startsBadlyOrNotAtAll(String file, Flip flip) throws Exception {
    flip.replace(installed.resolve(file));
    Outcome check = device.run("check");
    pristine.restore();
    assertNotEquals(0, check.exit(), file + ", " + flip + ": " + check);
    boolean came = check.out().contains("good    ");
    assertTrue(!came || check.out().contains("bad     file " + file), file + ", " + flip);
  }

  @Test
  void aDaemonWithAFlippedFileOpensNoModel() throws Exception {
    String unused = "bin/bartizan-fleet";
    Flip.middle(pristine.content(unused)).replace(installed.resolve(unused));
    device.start();
    Patience.await(
        "the boot verdict",
        Duration.ofMinutes(1),
        () -> device.status().path("boot").path("verdict").asText().equals("bad"));
    assertEquals("", device.serving(Models.NAME));
    String problem = device.status().path("alarms").path("boot").asText();
    assertTrue(problem.contains(unused), problem);
  }

  private static Set<String> checked() {
    return pristine.files().keySet().stream()
        .filter(file -> file.startsWith("bin/") || file.startsWith("lib/"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> bad(Outcome check) throws IOException {
    List<String> bad = new ArrayList<>();
    for (JsonNode link : JSON.readTree(check.out()).path("links")) {
      if (link.path("verdict").asText().equals("bad")) {
        bad.add(link.path("name").asText().replaceFirst("^file ", ""));
      }
    }
    return new TreeSet<>(bad);
  }
}
