// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An author who lets nobody read what they make still has a repository that can be served. */
class NarrowUmaskTest {
  private static final int NARROW = 0077;

  @TempDir private Path folder;

  @Test
  void whatIsPublishedCanBeReadByAWebServerAndKeysCannot() throws Exception {
    Function umask = NativeLibrary.getInstance("c").getFunction("umask");
    int before = umask.invokeInt(new Object[] {NARROW});
    try {
      TestAuthor author = TestAuthor.founded(folder.resolve("author"));
      Path model = author.file("model", new byte[100]);
      author.author().release(author.draft("1.0.0", model));
    } finally {
      umask.invokeInt(new Object[] {before});
    }
    Path home = folder.resolve("author");
    assertTrue(Files.getPosixFilePermissions(home).contains(PosixFilePermission.OTHERS_EXECUTE));
    for (Path published : below(home.resolve("repository"))) {
      String wanted = Files.isDirectory(published) ? "rwxr-xr-x" : "rw-r--r--";
      if (!published.endsWith(".lock")) {
        assertEquals(wanted, modes(published), published.toString());
      }
    }
    for (Path key : below(home.resolve("keys"))) {
      boolean secret = key.toString().endsWith(".pem");
      assertFalse(secret && modes(key).endsWith("r--"), key.toString());
    }
  }

  private static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList();
    }
  }

  private static String modes(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
