// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Memory that is neither swapped nor dumped, and where the kernel can, one that it cannot read
 * itself.
 *
 * <p>Taking a page out of the kernel's own map costs some 20 microseconds, five milliseconds per
 * MiB. Keys are worth that, whole models are not: the runtime's copy of the weights, which lives
 * longer, is in ordinary memory. They are locked, unless the configuration wants them hidden too.
 */
@TouchesTheWorld("memory of the kernel's making: memfd_secret, mlock, madvise, prctl")
public final class LockedMemory implements SecretMemory {
  private static final long HIDDEN_UP_TO = 1 << 20;
  private static final Cleaner CLEANER = Cleaner.create();

  private final MemoryProtection least;
  private final Supplier<LibC> library;
  private @Nullable LibC c;
  private boolean hides;
  private volatile boolean holdsModels;
  private String shortfall = "";

  /**
   * @param least what every secret must have; less is refused, more is taken where it is to be had
   */
  public LockedMemory(MemoryProtection least) {
    this(least, () -> Native.load("c", LibC.class));
  }

  LockedMemory(MemoryProtection least, Supplier<LibC> library) {
    this.least = least;
    this.library = library;
  }

  /**
   * Lets nobody dump or trace this process from here on, and finds out what the kernel offers.
   * Called by the first allocation at the latest, so that no secret comes before it.
   *
   * @throws IOException when the C library cannot be called at all and that is less than wanted
   */
  public synchronized void prepare() throws IOException {
    if (c != null || !shortfall.isEmpty()) {
      return;
    }
    try {
      LibC loaded = library.get();
      loaded.prctl(LibC.PR_SET_DUMPABLE, 0, 0, 0, 0);
      loaded.setrlimit(LibC.RLIMIT_CORE, new long[] {0, 0});
      hides = offersHiding(loaded);
      c = loaded;
    } catch (LinkageError | LastErrorException unusable) {
      fallShort("the C library cannot be called: " + unusable.getMessage());
      return;
    }
    tryOnePage(c);
  }

  /** What was never tried is not claimed: a limit of nothing is noticed here. */
  private void tryOnePage(LibC prepared) throws IOException {
    long page = prepared.getpagesize();
    try (Region tried = hides ? hidden(prepared, page) : locked(prepared, page)) {
      tried.bytes().put(0, (byte) 1);
    } catch (LastErrorException refused) {
      fallShort(shortOf(page, refused));
    }
  }

  private static String shortOf(long size, LastErrorException refused) {
    return (size >> 10)
        + " KiB cannot be locked ("
        + refused.getMessage()
        + "): raise LimitMEMLOCK= of the unit, or ulimit -l";
  }

  private static boolean offersHiding(LibC c) {
    try {
      c.close((int) c.syscall(LibC.MEMFD_SECRET, LibC.O_CLOEXEC));
      return true;
    } catch (LastErrorException notHere) {
      return false; // An older kernel, secretmem.enable=0, or a filter that does not know the call.
    }
  }

  @Override
  public Region allocate(int length) throws IOException {
    prepare();
    LibC prepared = c;
    if (prepared == null) {
      return SecretMemory.ordinary().allocate(length);
    }
    long page = prepared.getpagesize();
    long size = Math.max(1, (length + page - 1) / page) * page;
    boolean hidden = hides && (least == MemoryProtection.HIDDEN || size <= HIDDEN_UP_TO);
    if (least == MemoryProtection.HIDDEN && !hides) {
      throw new IOException("memory.secrets is \"hidden\", and this kernel has no memfd_secret");
    }
    try {
      Region region = hidden ? hidden(prepared, size) : locked(prepared, size);
      holdsModels |= !hidden;
      return region;
    } catch (LastErrorException tooLittle) {
      fallShort(shortOf(size, tooLittle));
      return SecretMemory.ordinary().allocate(length);
    }
  }

  private synchronized void fallShort(String why) throws IOException {
    shortfall = why;
    if (least != MemoryProtection.ORDINARY) {
      throw new IOException("memory.secrets is \"" + least.text() + "\", and " + why);
    }
  }

  private static Region hidden(LibC c, long size) {
    int fd = (int) c.syscall(LibC.MEMFD_SECRET, LibC.O_CLOEXEC);
    try {
      c.ftruncate(fd, size);
      return mapped(
          c, c.mmap(Pointer.NULL, size, LibC.PROT_READ_WRITE, LibC.MAP_SHARED, fd, 0), size);
    } finally {
      c.close(fd);
    }
  }

  private static Region locked(LibC c, long size) {
    int flags = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS;
    Pointer start = c.mmap(Pointer.NULL, size, LibC.PROT_READ_WRITE, flags, -1, 0);
    try {
      // As they are touched, so that the workers that fill them share the work.
      c.mlock2(start, size, LibC.MLOCK_ONFAULT);
      return mapped(c, start, size);
    } catch (LastErrorException tooLittle) {
      c.munmap(start, size);
      throw tooLittle;
    }
  }

  private static Region mapped(LibC c, Pointer start, long size) {
    c.madvise(start, size, LibC.MADV_DONTDUMP);
    c.madvise(start, size, LibC.MADV_DONTFORK);
    ByteBuffer all = start.getByteBuffer(0, size);
    CLEANER.register(all, () -> c.munmap(start, size));
    return new Mapped(c, start, all);
  }

  /**
   * Closing puts fresh pages in the place of the secret ones: they are given back at once, and who
   * still holds the buffer sees zeros. The place itself is given back when nobody holds it.
   */
  private static final class Mapped implements Region {
    private final LibC c;
    private final Pointer start;
    private final ByteBuffer all;
    private boolean closed;

    Mapped(LibC c, Pointer start, ByteBuffer all) {
      this.c = c;
      this.start = start;
      this.all = all;
    }

    @Override
    public ByteBuffer bytes() {
      return all.duplicate().clear();
    }

    @Override
    public synchronized void close() {
      if (closed) {
        return;
      }
      closed = true;
      start.clear(all.capacity());
      int flags = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_FIXED;
      c.mmap(start, all.capacity(), LibC.PROT_READ_WRITE, flags, -1, 0);
    }
  }

  /** What secrets have at the least, as far as was found out. */
  public synchronized MemoryProtection protection() {
    if (c == null || !shortfall.isEmpty()) {
      return MemoryProtection.ORDINARY;
    }
    return hides ? MemoryProtection.HIDDEN : MemoryProtection.LOCKED;
  }

  /** The same for people. */
  public synchronized String describe() {
    return switch (protection()) {
      case HIDDEN -> "hidden (memfd_secret)" + (holdsModels ? ", models locked" : "");
      case LOCKED ->
          (holdsModels ? "locked" : "lockable, and holds no secret yet")
              + "; this kernel has no memfd_secret";
      case ORDINARY -> shortfall.isEmpty() ? "not used yet" : "ordinary: " + shortfall;
    };
  }

  /** Whether this process can be dumped and traced by its own user. */
  synchronized boolean isDumpable() {
    return c == null || Objects.requireNonNull(c).prctl(LibC.PR_GET_DUMPABLE, 0, 0, 0, 0) != 0;
  }
}
