// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.TestDevice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * As {@link EvilMaidIT}, file by file, on a device whose agent runs from a slot: each file that
 * root does not own alone is taken away by itself, and then is somebody else's by itself.
 */
final class EvilMaidWalkIT extends SelfUpdating {
  private static final String GOOD = "0.2.0";

  /** What no model is served without; of the objects EvilMaidIT takes all. */
  private static final String NEEDED =
      "documents/.*|tuf/last-good[.]set|envelopes/.*|keystore/.*|credentials.*";

  /** One of these stands for all: they are read alike. */
  private static final String ALIKE = "(objects|outbox|software/[ab]/lib)/.*";

  /**
   * Nothing reads them: what is locked is a file's number; what could not be read was put aside for
   * people; the journal's copy is for a version that was given up and left a journal nobody reads.
   */
  private static final String IDLE = ".*[.]lock|.*[.]broken|software/kept/.*";

  private static final String NEVER_ANYWHERE = "exec sleep 600 # an attacker's\n";

  // Attack: omission, and exchange.
  @Test
  void whatIsMissingIsNeverBetterThanWhatIsWrong() throws Exception {
    Outcome updated = update(tree(GOOD), GOOD);
    assertEquals(0, updated.exit(), updated.out() + updated.err());
    awaitServing("1.0.0");
    pause();
    Path saved = home().resolve("saved");
    Copies.copy(device().state(), saved);
    device().chip().keepIn(chip());
    restore(saved);
    lab().web().close();
    Sight whole = look();
    assertEquals("1.0.0", whole.serving(), whole.said());
    assertEquals(GOOD, whole.version(), whole.said());
    assertFalse(whole.isTold(), whole.toString());

    List<String> faults = new ArrayList<>();
    for (String file : files(saved)) {
      restore(saved);
      Files.delete(device().state().resolve(file));
      Sight missing = look();
      restore(saved);
      Files.writeString(device().state().resolve(file), NEVER_ANYWHERE);
      Sight wrong = look();
      faults(file, missing, wrong).forEach(it -> faults.add(file + ": " + it));
    }
    restore(saved);
    resume();
    assertEquals(List.of(), faults);
  }

  private static List<String> faults(String file, Sight missing, Sight wrong) {
    List<String> faults = new ArrayList<>();
    Set<String> ours = Set.of(GOOD, ProductVersion.TEXT, "");
    if (!ours.contains(missing.version()) || !ours.contains(wrong.version())) {
      faults.add("something else ran: " + missing.version() + ", " + wrong.version());
    }
    if (file.matches(NEEDED) && (missing.serves() || wrong.serves())) {
      faults.add("served all the same: missing " + missing + ", wrong " + wrong);
    }
    if (missing.serves() && !wrong.serves()) {
      faults.add("serves when it is missing: " + missing + ", not when it is wrong: " + wrong);
    }
    if (!missing.isTold() && wrong.isTold()) {
      faults.add("nobody is told that it is missing, but that it is wrong: " + wrong);
    }
    return faults;
  }

  private Sight look() throws Exception {
    return Sight.of(device());
  }

  private static List<String> files(Path saved) throws Exception {
    TreeMap<String, String> byKind = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(saved)) {
      for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
        String file = saved.relativize(path).toString();
        if (!file.matches(IDLE) && !isOfAnotherVersion(path)) {
          boolean isAlike = file.matches(ALIKE);
          byKind.putIfAbsent(isAlike ? file.replaceAll("[^/]*$", "*") : file, file);
        }
      }
    }
    assertTrue(byKind.size() > 15, byKind.toString());
    return List.copyOf(byKind.values());
  }

  /**
   * The manifest of a version that does not run. When the device goes back to it, that version is
   * bad without it, or with another, until it has fetched it again. Before that nothing rests on
   * it, and the device does not know whether it ever had it.
   */
  private static boolean isOfAnotherVersion(Path file) throws Exception {
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    return content.contains(SoftwareManifest.SCHEMA)
        && content.contains("\"" + ProductVersion.TEXT + "\"");
  }

  /** The disk, and the chip, which has anchored what was tried meanwhile; after a new boot. */
  private void restore(Path saved) throws Exception {
    FileTree.delete(device().state());
    Copies.copy(saved, device().state());
    device().chip().putBack(chip());
    TestDevice.boot(device().chip(), Lab.KERNEL);
    Files.deleteIfExists(device().home().resolve("measurements.json"));
  }

  private Path chip() {
    return home().resolve("chip");
  }
}
