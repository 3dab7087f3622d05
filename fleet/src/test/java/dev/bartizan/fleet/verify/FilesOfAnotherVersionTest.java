// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.trust.AuthorWord;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of the server that are whole, but of a format two versions ahead, or of before formats were
 * named: what they say counts for nothing, and they stay as they are.
 */
class FilesOfAnotherVersionTest {
  private static final int LIMIT = 100_000;

  @TempDir private Path folder;
  private SharedDirectory directory;

  @BeforeEach
  void open() {
    directory = new SharedDirectory(folder);
  }

  private interface Reader {
    Object read() throws IOException, Refusal;
  }

  private void assertRefusedAndLeftAlone(String file, String name, Reader reader) throws Exception {
    Executable executable = reader::read;
    byte[] own = directory.read(file, LIMIT);
    Object good = reader.read();
    String text = new String(own, UTF_8);
    for (String other :
        List.of(
            text.replace(name + "/1", name + "/3"),
            text.replaceFirst("\\s*\"schema\" : \"" + name + "/1\",", ""))) {
      assertNotEquals(text, other);
      directory.write(file, other.getBytes(UTF_8));
      Malformed refusal = assertThrows(Malformed.class, executable);
      String message = refusal.getMessage();
      assertTrue(message.startsWith(directory.path(file) + ": is of format "), message);
      assertTrue(message.contains("this version reads " + name + "/1"), message);
      assertArrayEquals(other.getBytes(UTF_8), directory.read(file, LIMIT));
    }
    directory.write(file, own);
    assertEquals(good, reader.read());
  }

  @Test
  void releasesAndProfilesAreNotTakenForUnknownOnes() throws Exception {
    FileReferences references = new FileReferences(directory);
    new AuthorWord(Map.of(), Map.of(), List.of(), Map.of()).fill(references, Instant.EPOCH);
    assertRefusedAndLeftAlone("releases.json", "bartizan-known-releases", references::current);
    assertRefusedAndLeftAlone("reference.json", "bartizan-known-profiles", references::current);
  }
}
