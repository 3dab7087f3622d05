// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.agent.repository.OfflineSource;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.updater.fetch.DataBudget;
import dev.bartizan.updater.fetch.Download;
import dev.bartizan.updater.fetch.OverBudget;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Postponed;
import dev.bartizan.updater.store.ObjectWriter;
import dev.bartizan.updater.store.StoreTransfer;
import java.io.IOException;
import java.util.Optional;

/** Files of a deployment from the repository: when policy lets it, and within the data budget. */
public final class Delivery {
  private final Download download;
  private final DownloadEvents publisher;
  private final DataBudget budget;
  private final UpdateGate gate;
  private final OfflineSource offline;

  public Delivery(
      Download download,
      DownloadEvents publisher,
      DataBudget budget,
      UpdateGate gate,
      OfflineSource offline) {
    this.download = download;
    this.publisher = publisher;
    this.budget = budget;
    this.gate = gate;
    this.offline = offline;
  }

  /** Refuses what would cost more than is left, before its first byte. */
  void requireBudget(Deployment deployment, long bytes) throws UpdateRefusal {
    long left = budget.leftFor(label(deployment));
    if (bytes > left && !offline.isInserted()) {
      throw new UpdateRefusal(
          UpdateRefusal.Reason.OVER_BUDGET,
          deployment.to() + " costs " + bytes + " bytes, left for it are " + left);
    }
  }

  /**
   * What is fetched from now on is for {@code deployment}.
   *
   * @throws IOException when its time has not come
   */
  void begin(Deployment deployment) throws IOException {
    Optional<String> waiting = gate.fetchingWaitsFor(deployment);
    // Windows to fetch in are the network's; whoever brings a stick has come now.
    if (waiting.isPresent() && !offline.isInserted()) {
      throw new Postponed(waiting.get());
    }
    budget.spendFor(label(deployment));
  }

  /** Carries the transfer of a file on for a while; whether it is complete now. */
  boolean advance(String path, long length, ObjectWriter writer) throws IOException, Refusal {
    try (StoreTransfer transfer = new StoreTransfer(writer)) {
      return paying(() -> download.advance(path, length, transfer, publisher));
    }
  }

  /** The same with a part of a file, up to {@code end}; the writer stays open. */
  boolean advancePart(EncryptedFile file, long end, ObjectWriter writer)
      throws IOException, Refusal {
    return paying(
        () ->
            download.advancePart(
                file.path(), file.length(), end, new StoreTransfer(writer), publisher));
  }

  private static boolean paying(Interruptible<Boolean> transfer) throws IOException, Refusal {
    try {
      return Interruptible.complete(transfer);
    } catch (OverBudget spent) {
      if (spent.scope() == OverBudget.Scope.ROLLOUT) {
        throw new UpdateRefusal(
            UpdateRefusal.Reason.OVER_BUDGET, String.valueOf(spent.getMessage()));
      }
      Postponed postponed = new Postponed(String.valueOf(spent.getMessage()));
      postponed.initCause(spent);
      throw postponed;
    }
  }

  /** Everything has come: writes down what it really cost. */
  void end() throws IOException {
    budget.settle();
  }

  /** Whether a difference that gave nothing may be paid for once more; told where it may. */
  boolean allowsWholeAfter(Refusal useless, Deployment deployment) {
    if (!gate.allowsWholeAfterDelta()) {
      return false;
    }
    publisher.wholeInstead(deployment.to().version(), useless);
    return true;
  }

  private static String label(Deployment deployment) {
    Digest manifest = deployment.to().manifest();
    return manifest.hex();
  }
}
