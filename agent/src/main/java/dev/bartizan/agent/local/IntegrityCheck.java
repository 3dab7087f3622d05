// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.local;

import dev.bartizan.agent.models.ModelChain;
import dev.bartizan.agent.models.ModelVault;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.HistoryRefusal;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.JournalRefusal;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code bartizan check} looks at beyond the boot chain: what was accepted and written down,
 * and the models that stand on it. Changes nothing.
 */
public final class IntegrityCheck {
  private static final String AS_WRITTEN = "as it was written";

  private final TrustedDocuments documents;
  private final ModelChain models;
  private final Disk disk;

  IntegrityCheck(TrustedDocuments documents, ModelChain models, Disk disk) {
    this.documents = documents;
    this.models = models;
    this.disk = disk;
  }

  /** With the models that {@code disk} holds. */
  public static IntegrityCheck of(
      TrustedDocuments documents, ModelVault vault, BulkCrypto crypto, Disk disk) {
    ObjectStore store = new ObjectStore(disk, crypto::sha256);
    return new IntegrityCheck(documents, new ModelChain(documents, store, vault), disk);
  }

  /**
   * Looks at everything now.
   *
   * @param boot the verdict on the boot chain
   * @throws IOException when the keystore or the disk cannot be read
   */
  public ChainVerdict examine(Verdict boot) throws IOException {
    List<Link> links = new ArrayList<>(metadata());
    try {
      Components installed = Installer.look(disk).components();
      links.add(Link.good("journal and history", AS_WRITTEN));
      return new ChainVerdict(links).then(models.examine(installed, boot));
    } catch (JournalRefusal | HistoryRefusal damaged) {
      links.add(Link.bad("journal and history", AS_WRITTEN, damaged.getMessage()));
      return new ChainVerdict(links);
    }
  }

  private List<Link> metadata() throws IOException {
    try {
      List<String> damaged = documents.damaged();
      return damaged.isEmpty()
          ? List.of(Link.good("metadata and documents", "as they were accepted"))
          : damaged.stream()
              .map(file -> Link.bad("file " + file, "as it was accepted", "damaged"))
              .toList();
    } catch (Refusal damaged) {
      return List.of(Link.bad("metadata", "as it was accepted", damaged.getMessage()));
    }
  }
}
