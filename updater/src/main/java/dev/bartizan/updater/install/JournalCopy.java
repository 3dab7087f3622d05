// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Journal and history as they were before another version of the agent had its hands on them. Put
 * back only when that version was given up and left what this one cannot read.
 */
public final class JournalCopy {
  private static final int MAX_LENGTH = 64 << 20;

  static final FileName JOURNAL = FileName.of("software/kept/journal");

  private static final Map<FileName, FileName> COPIES =
      Map.of(Journal.FILE, JOURNAL, History.FILE, FileName.of("software/kept/history"));

  private final Disk disk;

  public JournalCopy(Disk disk) {
    this.disk = disk;
  }

  /** Copies both, durably. */
  public void take() throws IOException {
    for (Map.Entry<FileName, FileName> copy : COPIES.entrySet()) {
      replace(copy.getValue(), copy.getKey());
    }
  }

  /** Opens journal and history. */
  @FunctionalInterface
  public interface Opening {
    Installer open() throws IOException, JournalRefusal;
  }

  /**
   * Opens what is there, or the copies when another version has fallen and left what cannot be
   * read.
   *
   * @throws JournalRefusal when neither can be
   */
  public Installer open(boolean hasFallen, Opening opening) throws IOException, JournalRefusal {
    try {
      return opening.open();
    } catch (JournalRefusal damaged) {
      if (hasFallen && putBack()) {
        return opening.open();
      }
      throw damaged;
    }
  }

  private boolean putBack() throws IOException {
    if (disk.size(JOURNAL).isEmpty()) {
      return false;
    }
    for (Map.Entry<FileName, FileName> copy : COPIES.entrySet()) {
      replace(copy.getKey(), copy.getValue());
    }
    return true;
  }

  private void replace(FileName target, FileName source) throws IOException {
    Optional<byte[]> content = disk.read(source, MAX_LENGTH);
    if (content.isPresent()) {
      DurableFile.replace(disk, target, content.get());
    }
  }
}
