// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.cli.Failures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DeltaCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final byte[] oldContent = new byte[100_000];
  private final byte[] newContent = new byte[100_500];

  @BeforeEach
  void writeTwoVersions() throws IOException {
    new Random(1).nextBytes(oldContent);
    System.arraycopy(oldContent, 0, newContent, 0, oldContent.length);
    newContent[5000]++;
    Files.write(file("old"), oldContent);
    Files.write(file("new"), newContent);
  }

  @Test
  void whatWasCreatedApplies() throws IOException {
    assertEquals(0, run("create", "old", "new", "delta"));
    assertTrue(Files.size(file("delta")) < 1000);
    assertEquals(0, run("apply", "old", "delta", "rebuilt"));
    assertArrayEquals(newContent, Files.readAllBytes(file("rebuilt")));
    assertEquals("", out.toString());
    assertEquals("", err.toString());
  }

  @Test
  void infoTellsFromWhereToWhereAndWhatItCost() throws IOException {
    run("create", "old", "new", "delta");
    assertEquals(0, run("info", "delta", "--json"));
    JsonNode info = new ObjectMapper().readTree(out.toString());
    assertEquals(Digest.of(oldContent).hex(), info.at("/base/sha256").asText());
    assertEquals(newContent.length, info.at("/result/length").asLong());
    assertEquals(Files.size(file("delta")), info.at("/length").asLong());
    assertEquals("copy", info.at("/parts/0/choice").asText());
  }

  @Test
  void infoIsReadableByPeople() {
    run("create", "old", "new", "delta");
    assertEquals(0, run("info", "delta"));
    assertTrue(out.toString().contains(Digest.of(newContent).hex()), out.toString());
    assertTrue(out.toString().contains("copy"), out.toString());
  }

  @Test
  void theWrongBaseIsRefusedAndLeavesWhatWasThere() throws IOException {
    run("create", "old", "new", "delta");
    Files.writeString(file("rebuilt"), "precious");
    assertEquals(1, run("apply", "new", "delta", "rebuilt"));
    assertTrue(err.toString().startsWith("WRONG_BASE: "), err.toString());
    assertEquals(1, err.toString().lines().count());
    assertEquals("precious", Files.readString(file("rebuilt")));
    assertEquals(List.of("delta", "new", "old", "rebuilt"), names());
  }

  @Test
  void aBrokenDeltaLeavesNoFileBehind() throws IOException {
    run("create", "old", "new", "delta");
    byte[] broken = Files.readAllBytes(file("delta"));
    broken[broken.length - 1] ^= 1;
    Files.write(file("delta"), broken);
    assertEquals(1, run("apply", "old", "delta", "rebuilt"));
    assertTrue(err.toString().startsWith("HASH_MISMATCH: "), err.toString());
    assertEquals(List.of("delta", "new", "old"), names());
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    assertEquals(3, run("create", "absent", "new", "delta"));
    assertTrue(err.toString().endsWith("absent: no such file\n"), err.toString());
    assertEquals(List.of("new", "old"), names());
  }

  @Test
  void aWrongCommandLineIsTwo() {
    assertEquals(2, run("create", "old"));
  }

  private int run(String command, String... arguments) {
    CommandLine line =
        new CommandLine(new DeltaCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setExecutionExceptionHandler(new Failures());
    Stream<String> files =
        Stream.of(arguments).map(a -> a.startsWith("--") ? a : file(a).toString());
    return line.execute(Stream.concat(Stream.of(command), files).toArray(String[]::new));
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
