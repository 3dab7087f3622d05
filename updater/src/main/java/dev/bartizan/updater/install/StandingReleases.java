// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The releases of a component that the journal stands by: active, kept, or on their way. For who
 * has to know before the journal may be opened and put right.
 */
public record StandingReleases(List<Release> releases) {
  public StandingReleases {
    releases = List.copyOf(releases);
  }

  /**
   * Reads the journal, or the copy from before the last trial when another version left a journal
   * that this one cannot read. Changes nothing.
   *
   * @return empty when neither can be read
   */
  public static Optional<StandingReleases> read(Disk disk, ComponentName component)
      throws IOException {
    Optional<JournalPage> page = page(disk);
    return page.map(it -> new StandingReleases(releases(it, component)));
  }

  private static Optional<JournalPage> page(Disk disk) throws IOException {
    try {
      Optional<JournalFile> journal = JournalOpening.readJournal(disk, Journal.FILE);
      if (journal.isPresent()) {
        return journal.map(JournalFile::page);
      }
    } catch (JournalRefusal ofAnotherVersion) {
      // The copy is what this version would go back to.
    }
    try {
      return JournalOpening.readJournal(disk, JournalCopy.JOURNAL).map(JournalFile::page);
    } catch (JournalRefusal ofAnotherVersionToo) {
      return Optional.empty();
    }
  }

  private static List<Release> releases(JournalPage page, ComponentName component) {
    List<Release> all = new ArrayList<>(page.components().releases(component));
    page.current()
        .flatMap(it -> it.deployment().moveOf(component))
        .ifPresent(
            move -> {
              all.add(move.to());
              move.from().ifPresent(all::add);
            });
    return all;
  }

  /** The one with this manifest. */
  public Optional<Release> find(Digest manifest) {
    return releases.stream().filter(it -> it.manifest().equals(manifest)).findFirst();
  }
}
