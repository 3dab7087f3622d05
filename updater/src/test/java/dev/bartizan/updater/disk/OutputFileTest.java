// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// Attack: who can write the directory lays links, or files of the name a command will use, in wait.
class OutputFileTest {
  @TempDir private Path folder;

  @Test
  void theFileAppearsWholeAndItsPredictableNeighboursAreLeftAlone() throws IOException {
    Path target = folder.resolve("o");
    Path victim = Files.writeString(folder.resolve("victim"), "mine");
    for (String trap : List.of("o.part", "o.tmp", ".o.incoming")) {
      Files.createSymbolicLink(folder.resolve(trap), victim);
    }
    try (OutputFile file = OutputFile.create(target)) {
      file.write(bytes("new"));
      assertFalse(Files.exists(target));
      file.commit();
    }
    assertEquals("new", Files.readString(target));
    assertEquals("mine", Files.readString(victim));
    assertEquals(5, names().size());
  }

  @Test
  void whatIsNotCommittedLeavesNoTrace() throws IOException {
    Path target = Files.writeString(folder.resolve("o"), "old");
    try (OutputFile file = OutputFile.create(target)) {
      file.write(bytes("half"));
    }
    assertEquals("old", Files.readString(target));
    assertEquals(List.of("o"), names());
  }

  @Test
  void aLinkToAFileIsReplacedAndNotFollowed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "mine");
    Path target = Files.createSymbolicLink(folder.resolve("o"), victim);
    write(target, "new");
    assertEquals("mine", Files.readString(victim));
    assertFalse(Files.isSymbolicLink(target));
  }

  @Test
  void whatIsReadIsNotOverwrittenUnderWhateverName() throws IOException {
    Path input = Files.writeString(folder.resolve("input"), "old");
    Path symbolic = Files.createSymbolicLink(folder.resolve("symbolic"), input);
    Path hard = Files.createLink(folder.resolve("hard"), input);
    for (Path target : List.of(input, symbolic, hard, folder.resolve("./input"))) {
      assertThrows(IOException.class, () -> OutputFile.create(target, input), target.toString());
    }
    assertEquals("old", Files.readString(input));
    assertEquals(3, names().size());
  }

  @Test
  void aDeviceStaysADevice() throws IOException {
    Path device = Files.createSymbolicLink(folder.resolve("null"), Path.of("/dev/null"));
    for (Path target : List.of(Path.of("/dev/null"), device)) {
      write(target, "gone");
    }
    assertFalse(Files.isRegularFile(Path.of("/dev/null")));
    assertTrue(Files.isSymbolicLink(device));
  }

  @Test
  void aPipeIsWrittenThrough() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Process reader = new ProcessBuilder("cat", pipe.toString()).start();
    write(pipe, "through");
    assertEquals(
        "through", new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertFalse(Files.isRegularFile(pipe));
  }

  @Test
  void aSecretIsItsOwnersAlone() throws IOException {
    Path target = folder.resolve("token");
    try (OutputFile file = OutputFile.createPrivate(target)) {
      file.commit();
    }
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(target));
  }

  @Test
  void aDirectoryIsRefused() {
    assertThrows(IOException.class, () -> OutputFile.create(folder));
  }

  private static void write(Path target, String content) throws IOException {
    try (OutputFile file = OutputFile.create(target)) {
      file.write(bytes(content));
      file.commit();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
