// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The update history: a file of checksummed lines, each naming the one before. The journal is
 * written first and holds the newest line too, so at most one line is ever missing here.
 */
public final class History {
  static final FileName FILE = FileName.of("history");
  static final FileName OLDER = FileName.of("history.1");
  static final FileName BROKEN = FileName.of("history.broken");

  /** Far more than accrues between two starts, which is when the file is looked at. */
  private static final int MAX_BYTES = 64 << 20;

  private static final long LONG_BYTES = 256 << 10;

  private final Disk disk;

  History(Disk disk) {
    this.disk = disk;
  }

  /**
   * Every entry of the file, when the chain holds.
   *
   * @throws HistoryRefusal naming the first entry that is not as it was written
   */
  public static List<HistoryEntry> read(Disk disk) throws IOException, HistoryRefusal {
    return whole(disk).entries();
  }

  /**
   * Walks the chain to its end.
   *
   * @param head where it must end, as the journal or an anchor has it: a history that was cut short
   *     is a chain too
   * @throws HistoryRefusal naming the first entry that is not as it was written
   */
  public static void verify(Disk disk, HistoryHead head) throws IOException, HistoryRefusal {
    HistoryHead found = whole(disk).head();
    if (!found.equals(head)) {
      throw new HistoryRefusal(found.entries(), "the chain ends here, not with " + head.digest());
    }
  }

  /** Whether the chain, as far as it holds, went through {@code head}. */
  public static boolean holds(Disk disk, HistoryHead head) throws IOException {
    List<HistoryRecord> records = new History(disk).load().records();
    return head.equals(HistoryHead.NOTHING)
        || records.stream().anyMatch(record -> record.head().equals(head))
        || (!records.isEmpty() && records.get(0).follows(head));
  }

  private static HistoryChain whole(Disk disk) throws IOException, HistoryRefusal {
    HistoryChain chain = new History(disk).load();
    if (chain.fault().isPresent()) {
      throw chain.fault().get();
    }
    if (chain.isTorn()) {
      throw new HistoryRefusal(chain.head().entries(), "unfinished");
    }
    return chain;
  }

  HistoryChain load() throws IOException {
    return disk.read(FILE, MAX_BYTES).map(HistoryChain::read).orElse(HistoryChain.EMPTY);
  }

  boolean isLong() throws IOException {
    return disk.size(FILE).orElse(0L) > LONG_BYTES;
  }

  /** Adds a line durably; when it throws, the file may have a part of it. */
  void append(HistoryRecord record) throws IOException {
    boolean isNew = disk.size(FILE).isEmpty();
    try (Disk.Output output = disk.append(FILE)) {
      output.write(ByteBuffer.wrap(record.line().bytes()));
      output.sync();
    }
    if (isNew) {
      disk.syncDirectory(FILE.directory());
    }
  }

  /** Puts the file right after an append that failed or was cut. */
  void rewrite(HistoryChain chain) throws IOException {
    DurableFile.replace(disk, FILE, chain.bytes());
  }

  /** Moves the file out of the way, for a checkpoint to begin a new one. */
  void moveTo(FileName name) throws IOException {
    if (disk.size(FILE).isPresent()) {
      disk.rename(FILE, name);
      disk.syncDirectory(FILE.directory());
    }
  }
}
