// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Somebody had the disk and put a version of the agent into the state directory. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ForeignVersionIT extends SelfUpdating {
  private static final String GOOD = "0.2.0";

  // Foreign code: three files in the state directory ran before anything had looked at them.
  @Test
  @Order(1)
  void threeFilesInTheStateDirectoryRunNothing() throws Exception {
    Path ran = home().resolve("ran");
    pause();
    write("software/a/bin/bartizan", "echo >" + ran + "\nexec sleep 600\n");
    write("software/a/release", "0".repeat(64));
    choose("a");

    resume();

    assertEquals(ProductVersion.TEXT, running());
    assertFalse(Files.exists(ran));
    awaitProblem("software", "NOT_CHOSEN");
    assertTrue(read("software/launch").contains("slot base"));
    // Once it is told, the next start begins with nothing of it.
    await("an empty slot", () -> !Files.exists(state("software/a/release")));
    pause();
    resume();
    awaitNoProblem("software");
  }

  // Downgrade: a version that was signed, laid down to the byte, and never ordered here.
  @Test
  @Order(2)
  void aSignedVersionThatNobodyOrderedDoesNotRun() throws Exception {
    AgentTree tree = tree("0.1.9");
    Outcome released =
        lab()
            .operator()
            .release("software", tree.home().toString(), "--version", "0.1.9", "--deliver");
    assertEquals(0, released.exit(), released.err());
    pause();
    layDown(tree, "a");
    choose("a");

    resume();

    assertEquals(ProductVersion.TEXT, running());
    awaitProblem("software", "NOT_CHOSEN");
  }

  @Test
  @Order(3)
  void aVersionThatWasOrderedRunsAndIsMeasured() throws Exception {
    Outcome end = update(tree(GOOD), GOOD);

    assertEquals(0, end.exit(), end.out() + end.err());
    assertEquals(GOOD, running());
    String log = Files.readString(measurements());
    assertTrue(log.contains("software/agent/" + GOOD + "/software.json"), log);
    awaitServing("1.0.0");
  }

  // Foreign code: metadata that does not follow from the pinned root. A whole set of somebody
  // else's is what ForeignStoreTest tries.
  @Test
  @Order(4)
  void metadataThatDoesNotHoldVouchesForNothing() throws Exception {
    pause();
    forgetTries();
    Path set = state("tuf/last-good.set");
    Path kept = Files.copy(set, home().resolve("set"), StandardCopyOption.REPLACE_EXISTING);
    byte[] content = Files.readAllBytes(set);
    content[content.length / 2] ^= 1;
    Files.write(set, content);

    resume();

    assertEquals(ProductVersion.TEXT, running());
    awaitProblem("software", "was not started");
    assertTrue(read("software/launch").contains("slot a"), "nobody knows: it is asked again");
    pause();
    Files.copy(kept, set, StandardCopyOption.REPLACE_EXISTING);
    resume();
    assertEquals(GOOD, running());
    awaitNoProblem("software");
  }

  // Foreign code: one byte of a jar of the version that was installed by an order.
  @Test
  @Order(5)
  void aFlippedByteStartsTheInstalledVersionAndAnOrderMendsIt() throws Exception {
    pause();
    forgetTries();
    Path jar = new AgentTree(state("software/a")).jar();
    byte[] content = Files.readAllBytes(jar);
    content[content.length / 2] ^= 1;
    Files.write(jar, content);

    resume();

    assertEquals(ProductVersion.TEXT, running());
    awaitProblem("software", "NOT_AS_SIGNED");
    await(
        "the note in the history",
        () -> device().run("history").expect(0).out().contains("NOT_AS_SIGNED"));
    Outcome again = lab().command("update", "software=agent", "version=" + GOOD);
    assertEquals(0, again.exit(), again.out() + again.err());
    assertEquals(GOOD, running());
    device().run("history", "--verify").expect(0);
  }

  private void layDown(AgentTree tree, String slot) throws IOException {
    Path target = state("software/" + slot);
    try (Stream<Path> files = Files.walk(tree.home())) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(tree.home().relativize(file));
        boolean isFolder = Files.isDirectory(file);
        if (isFolder) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(
            copy, PosixFilePermissions.fromString(isFolder ? "rwx------" : "rw-------"));
      }
    }
    Digest manifest = manifest();
    write("software/" + slot + "/release", manifest.hex());
  }

  /** As it was published last. */
  private Digest manifest() throws IOException {
    try (Stream<Path> files = Files.walk(lab().operator().author())) {
      Path file =
          files
              .filter(it -> it.toString().contains("software/agent/0.1.9/"))
              .filter(it -> it.toString().endsWith("software.json"))
              .findFirst()
              .orElseThrow();
      return Digest.of(Files.readAllBytes(file));
    }
  }

  /** As if the version had run for as long as makes it healthy, between all these starts. */
  private void forgetTries() throws IOException {
    write("software/launch", read("software/launch").replaceAll("tries [0-9]+", "tries 0"));
  }

  private void choose(String slot) throws IOException {
    List<String> record =
        List.of(
            "bartizan-launch 1",
            "slot " + slot,
            "before base",
            "state kept",
            "tries 0",
            "seconds 0",
            "fallen none",
            "end");
    write("software/launch", String.join("\n", record) + "\n");
  }

  private Path measurements() throws IOException {
    try (Stream<Path> files = Files.walk(device().state().getParent())) {
      return files.filter(it -> it.endsWith("measurements.json")).findFirst().orElseThrow();
    }
  }

  private Path state(String file) {
    return device().state().resolve(file);
  }

  private String read(String file) throws IOException {
    return Files.readString(state(file), US_ASCII);
  }

  private void write(String file, String content) throws IOException {
    Files.createDirectories(state(file).getParent());
    Files.writeString(state(file), content, US_ASCII);
  }
}
