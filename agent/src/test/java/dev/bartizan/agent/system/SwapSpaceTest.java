// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.boot.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwapSpaceTest {
  private static final String COLUMNS = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority";
  private static final String ZRAM = "/dev/zram0  partition\t8388604\t\t0\t\t100";
  private static final String DISK = "/dev/dm-1   partition\t999420\t\t512\t\t-2";

  @Test
  void noSwapAndCompressedMemoryAreGood() {
    assertEquals(Verdict.GOOD, SwapSpace.parse(List.of(COLUMNS)).safeguard().verdict());
    assertEquals(Verdict.GOOD, SwapSpace.parse(List.of(COLUMNS, ZRAM)).safeguard().verdict());
  }

  @Test
  void aDiskBesideCompressedMemoryIsNot() {
    Safeguard swap = SwapSpace.parse(List.of(COLUMNS, ZRAM, DISK)).safeguard();
    assertEquals(Verdict.BAD, swap.verdict());
    assertTrue(swap.found().contains("/dev/dm-1"), swap.found());
  }

  /** A sandbox hides the list; the sum is told to everybody. */
  @Test
  void whereTheListIsHiddenNoSwapIsGoodAndSomeIsUnknown() {
    assertEquals(Verdict.GOOD, SwapSpace.ofTotal(0).verdict());
    assertEquals(Verdict.UNKNOWN, SwapSpace.ofTotal(1).verdict());
    assertTrue(SwapSpace.unlisted().verdict() != Verdict.BAD);
  }

  @Test
  void modelsAreRefusedOnlyWhereTheConfigurationSaysSo() throws Exception {
    LockedMemory memory = new LockedMemory(MemoryProtection.ORDINARY);
    new Safeguards(memory, false).requireForModels();
    Safeguards strict = new Safeguards(memory, true);
    boolean safe =
        strict.examine().stream()
            .anyMatch(it -> it.name().equals("swap") && it.verdict() == Verdict.GOOD);
    if (safe) {
      strict.requireForModels();
    } else {
      assertThrows(UnsafeMemory.class, strict::requireForModels);
    }
  }
}
