package dev.bartizan.proving.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.proving.lab.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An old copy of the state directory is put back, with or without a network to mend it. */
class OldDiskIT extends OneDevice {
  @Test
  void anOldCopyOfTheStateDirectoryIsNoticedAndOpensNoModelUntilItsMetadataIsNewAgain()
      throws Exception {
    awaitServing("1.0.0");
    device().stop();
    Path old = home().resolve("old");
    copy(device().state(), old);
    device().start();
    lab().release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"));
    assertEquals(0, update("1.1.0").exit());
    awaitServing("1.1.0");
    device().stop();
    delete(device().state());
    copy(old, device().state());
    lab().web().close();
    device().start();
    awaitProblem("anchor", "put back");
    assertEquals("", device().serving(MODEL));
    String check = device().run("check").out();
    assertTrue(check.contains("bad     state"), check);
  }

  private static void copy(Path from, Path to) throws Exception {
    Process copy = new ProcessBuilder("cp", "-a", from.toString(), to.toString()).start();
    assertEquals(0, copy.waitFor());
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
