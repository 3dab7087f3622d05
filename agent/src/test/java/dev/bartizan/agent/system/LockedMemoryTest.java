// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.bartizan.crypto.SecretMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockedMemoryTest {
  private static final int MODEL = 3 << 20;
  private static final int ENOSYS = 38;
  private static final int ENOMEM = 12;

  @Test
  void whoStillHoldsTheBufferSeesZerosAfterClosing() throws Exception {
    LockedMemory memory = new LockedMemory(MemoryProtection.ORDINARY);
    for (int length : new int[] {1, 32, 5000, MODEL}) {
      SecretMemory.Region region = memory.allocate(length);
      ByteBuffer held = region.bytes();
      assertTrue(held.capacity() >= length);
      for (int i = 0; i < length; i++) {
        assertEquals(0, held.get(i));
        held.put(i, (byte) 7);
      }
      region.close();
      region.close();
      for (int i = 0; i < held.capacity(); i++) {
        assertEquals(0, held.get(i));
      }
    }
  }

  @Test
  void aKeyIsWhereNotEvenTheKernelLooks() throws Exception {
    LockedMemory memory = new LockedMemory(MemoryProtection.ORDINARY);
    try (SecretMemory.Region key = memory.allocate(32)) {
      key.bytes().put(0, (byte) 1);
      boolean hidden =
          Files.readAllLines(Path.of("/proc/self/maps")).stream()
              .anyMatch(line -> line.contains("secretmem"));
      assertEquals(memory.protection() == MemoryProtection.HIDDEN, hidden, memory.describe());
    }
  }

  @Test
  void aModelIsLockedAndLeftOutOfDumpsAndForks() throws Exception {
    LockedMemory memory = new LockedMemory(MemoryProtection.ORDINARY);
    try (SecretMemory.Region model = memory.allocate(MODEL)) {
      model.bytes().put(0, (byte) 1);
      if (memory.protection() != MemoryProtection.ORDINARY) {
        assertTrue(flags(MODEL).containsAll(List.of("lo", "dd", "dc")), flags(MODEL).toString());
      }
    }
    assertFalse(memory.isDumpable());
  }

  /** The flags of the locked mapping of that size. */
  private static List<String> flags(int size) throws IOException {
    boolean ours = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("Size: +" + size / 1024 + " kB")) {
        ours = true;
      } else if (ours && line.startsWith("VmFlags:")) {
        List<String> flags = List.of(line.substring("VmFlags:".length()).strip().split(" "));
        if (flags.contains("lo")) {
          return flags;
        }
        ours = false;
      }
    }
    return List.of();
  }

  @Test
  void aLimitThatIsTooSmallIsSaidAndSurvived() throws Exception {
    LockedMemory memory = new LockedMemory(MemoryProtection.ORDINARY, PoorSystem::new);
    try (SecretMemory.Region model = memory.allocate(MODEL)) {
      assertEquals(0, model.bytes().get(0));
    }
    assertEquals(MemoryProtection.ORDINARY, memory.protection());
    assertTrue(memory.describe().contains("3072 KiB cannot be locked"), memory.describe());
    assertTrue(memory.describe().contains("LimitMEMLOCK"), memory.describe());
  }

  @Test
  void memoryThatNobodyMayLockIsNotCalledLockedBeforeTheFirstSecret() throws Exception {
    LockedMemory memory = new LockedMemory(MemoryProtection.ORDINARY, PoorSystem::new);
    memory.prepare();
    assertEquals(MemoryProtection.ORDINARY, memory.protection());
    assertTrue(memory.describe().contains("cannot be locked"), memory.describe());
  }

  @Test
  void modelsAreNotSaidToBeLockedBeforeThereWasOne() throws Exception {
    LockedMemory memory = new LockedMemory(MemoryProtection.ORDINARY);
    memory.prepare();
    assertFalse(memory.describe().matches(".*(models locked|^locked).*"), memory.describe());
  }

  @Test
  void lessThanTheConfigurationWantsIsRefused() {
    for (MemoryProtection least : List.of(MemoryProtection.LOCKED, MemoryProtection.HIDDEN)) {
      LockedMemory memory = new LockedMemory(least, PoorSystem::new);
      IOException refused = assertThrows(IOException.class, () -> memory.allocate(MODEL));
      assertTrue(String.valueOf(refused.getMessage()).contains(least.text()), refused.toString());
    }
  }

  @Test
  void withoutACLibraryNothingIsLocked() throws Exception {
    LockedMemory memory =
        new LockedMemory(
            MemoryProtection.ORDINARY,
            () -> {
              throw new UnsatisfiedLinkError("no such library");
            });
    memory.allocate(32).close();
    assertEquals(MemoryProtection.ORDINARY, memory.protection());
    assertTrue(memory.describe().contains("no such library"), memory.describe());
  }

  /** An old kernel that lets nobody lock anything. */
  private static final class PoorSystem implements LibC {
    private final LibC real = Native.load("c", LibC.class);

    @Override
    public long syscall(long number, long argument) {
      throw new LastErrorException(ENOSYS);
    }

    @Override
    public int ftruncate(int fd, long length) {
      throw new AssertionError("there is no file");
    }

    @Override
    public int close(int fd) {
      throw new AssertionError("there is no file");
    }

    @Override
    public Pointer mmap(
        Pointer address, long length, int protection, int flags, int fd, long offset) {
      return new Memory(length);
    }

    @Override
    public int munmap(Pointer address, long length) {
      return 0;
    }

    @Override
    public int mlock2(Pointer address, long length, int flags) {
      throw new LastErrorException(ENOMEM);
    }

    @Override
    public int madvise(Pointer address, long length, int advice) {
      throw new AssertionError("nothing was locked");
    }

    @Override
    public int prctl(int option, long two, long three, long four, long five) {
      return 0;
    }

    @Override
    public int setrlimit(int resource, long[] softAndHard) {
      return 0;
    }

    @Override
    public int sysinfo(long[] answer) {
      throw new AssertionError("not asked for memory");
    }

    @Override
    public int getpagesize() {
      return real.getpagesize();
    }
  }
}
