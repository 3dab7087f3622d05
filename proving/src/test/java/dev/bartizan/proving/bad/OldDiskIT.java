package dev.bartizan.proving.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.proving.lab.Models;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** An old copy of the state directory is put back, with or without a network to mend it. */
class OldDiskIT extends OneDevice {
  @Test
  void anOldCopyOfTheStateDirectoryIsNoticedAndOpensNoModelUntilItsMetadataIsNewAgain()
      throws Exception {
    awaitServing("1.0.0");
    device().stop();
    Path old = home().resolve("old");
    Copies.copy(device().state(), old);
    device().start();
    lab().release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"));
    assertEquals(0, update("1.1.0").exit());
    awaitServing("1.1.0");
    device().stop();
    Copies.delete(device().state());
    Copies.copy(old, device().state());
    lab().web().close();
    device().start();
    awaitProblem("anchor", "put back");
    assertEquals("", device().serving(MODEL));
    String check = device().run("check").out();
    assertTrue(check.contains("bad     state"), check);
    device().stop();
    String alone = device().run("check").out();
    assertTrue(alone.contains("bad     state"), alone);
  }
}
