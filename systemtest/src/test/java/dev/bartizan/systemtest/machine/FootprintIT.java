// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.TestDevice;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A whole life of the daemon, watched: it touches what docs/footprint.md says, and no more. */
final class FootprintIT {
  // telemetry, machine id, files in the home directory: libraries that do more than they are for
  @Test
  void nothingIsTouchedThatTheDocumentDoesNotName() throws Exception {
    Path home = Files.createTempDirectory("b");
    try (Lab lab = Lab.foundedByPrograms(Distribution.built(), home)) {
      lab.enrol();
      lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
      lab.vouch();
      TestDevice device = lab.device();
      Watcher first = new Watcher(home.resolve("first"), here());
      device.launchUnder(first.prefix());
      live(lab, "1.0.0");
      lab.release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"), "--delta-from", "1.0.0");
      live(lab, "1.1.0");
      device.stop();
      Watcher second = new Watcher(home.resolve("second"), here());
      device.launchUnder(second.prefix());
      awaitServing(device, "1.1.0");
      device.stop();

      Footprint footprint = Footprint.read(document(), words(lab));
      for (Watcher life : List.of(first, second)) {
        assertTrue(life.calls() > 500, life.calls() + " calls are no life");
        assertEquals(Set.of(), life.outside(footprint));
      }
    } finally {
      delete(home);
    }
  }

  private static void live(Lab lab, String version) throws Exception {
    Patience.await("the daemon", Duration.ofMinutes(2), () -> lab.device().status().has("agent"));
    lab.command("update", "model=" + Models.NAME, "version=" + version).expect(0);
    awaitServing(lab.device(), version);
    lab.device().infer(Models.NAME, Models.sample("pit"));
    lab.reportByCommand("0123456789abcdef");
  }

  private static void awaitServing(TestDevice device, String version) throws Exception {
    Patience.await(
        version, Duration.ofMinutes(2), () -> device.serving(Models.NAME).equals(version));
  }

  private static Map<String, List<String>> words(Lab lab) throws IOException {
    TestDevice device = lab.device();
    Path java = Path.of(System.getProperty("java.home")).toRealPath();
    URI repository = URI.create(lab.repositoryUrl());
    String chip = device.chip().addressText();
    Map<String, List<String>> words = new LinkedHashMap<>();
    words.put("{state}", List.of(device.state().toString()));
    words.put("{program}", List.of(Distribution.built().home().toString()));
    words.put("{java}", List.of(java.toString(), System.getProperty("java.home")));
    words.put("{configured}", configured(device));
    words.put(
        "{sockets}",
        List.of(
            device.home().resolve("control.sock").toString(),
            device.home().resolve("inference.sock").toString()));
    words.put("{runtime}", List.of(device.home().toString()));
    words.put("{tpm}", List.of(chip.substring(chip.indexOf(':') + 1)));
    words.put("{repository}", List.of("127.0.0.1:" + repository.getPort()));
    words.put("{broker}", List.of("127.0.0.1:" + lab.brokerPort(), "::1:" + lab.brokerPort()));
    words.put("{self}", List.of("self"));
    return words;
  }

  private static List<String> configured(TestDevice device) {
    return Stream.concat(
            Stream.of("agent.toml", "root.json", "fleet-ca.pem", "no-userspace-log")
                .map(device.home()::resolve),
            Stream.of(device.eventLog()))
        .map(Path::toString)
        .toList();
  }

  private static Path document() {
    return Path.of(System.getProperty("bartizan.source"), "docs/footprint.md");
  }

  private static Path here() {
    return Path.of("").toAbsolutePath();
  }

  private static void delete(Path home) throws IOException {
    FileTree.delete(home);
  }
}
