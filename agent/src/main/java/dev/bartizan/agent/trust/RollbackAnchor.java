// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.StateAnchor;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.History;
import dev.bartizan.updater.install.HistoryHead;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** Compares the state on disk with what is anchored, and anchors it anew. In the agent's turn. */
public final class RollbackAnchor {
  private static final String NAME = "state";

  private final Optional<StateAnchor> anchor;
  private final TrustedDocuments documents;
  private final Supplier<HistoryHead> history;
  private final Disk disk;
  private Optional<AnchoredVersions> anchored = Optional.empty();
  private Optional<Link> fault = Optional.empty();
  private boolean known;

  /**
   * @param history its end, as it is now
   */
  public RollbackAnchor(
      Optional<StateAnchor> anchor,
      TrustedDocuments documents,
      Supplier<HistoryHead> history,
      Disk disk) {
    this.anchor = anchor;
    this.documents = documents;
    this.history = history;
    this.disk = disk;
  }

  /**
   * Judges the state as it is now. Metadata that is older than what was trusted, or other metadata
   * of the same versions, is mended by newer metadata; a history that does not go on from the
   * anchored one never is.
   */
  public Link examine() throws IOException {
    if (anchor.isEmpty()) {
      return Link.unknown(NAME, "an anchor in the keystore", "this keystore has none");
    }
    load(anchor.get());
    if (fault.isPresent()) {
      return fault.get();
    }
    AnchoredVersions now = now();
    String expected =
        anchored.map(mark -> "what goes on from " + mark).orElse("nothing anchored yet");
    return isPutBack(now) || !goesOn()
        ? Link.bad(NAME, expected, "put back or exchanged: " + now)
        : Link.good(NAME, expected);
  }

  /** Whether decisions of trust may rest on the metadata on disk. */
  public boolean isTrustworthy() throws IOException {
    if (anchor.isEmpty()) {
      return true;
    }
    load(anchor.get());
    return fault.isEmpty() && !isPutBack(now());
  }

  /**
   * Insists on it.
   *
   * @throws StatePutBack when they may not
   */
  public void requireTrustworthy() throws IOException, StatePutBack {
    if (!isTrustworthy()) {
      throw new StatePutBack();
    }
  }

  /** The state directory is not the one that was anchored. */
  public static final class StatePutBack extends Refusal {
    private static final long serialVersionUID = 1L;

    StatePutBack() {
      super("the state directory was put back or exchanged: nothing is done before it is mended");
    }

    @Override
    public String code() {
      return "STATE_PUT_BACK";
    }
  }

  /**
   * Anchors the state if it has gone on since; not if it was put back.
   *
   * @throws KeystoreRefusal when the chip does not take it in this boot state
   */
  public void renew() throws IOException, KeystoreRefusal {
    if (anchor.isEmpty()) {
      return;
    }
    load(anchor.get());
    AnchoredVersions now = now();
    if (anchored.equals(Optional.of(now)) || examine().verdict() != Verdict.GOOD) {
      return;
    }
    anchor.get().write(now.encode());
    anchored = Optional.of(now);
  }

  private AnchoredVersions now() {
    return AnchoredVersions.of(documents, history.get());
  }

  private boolean isPutBack(AnchoredVersions now) {
    return anchored.isPresent() && !now.metadataGoesOnFrom(anchored.get());
  }

  private boolean goesOn() throws IOException {
    return anchored.isEmpty()
        || anchored.get().history().equals(history.get())
        || History.holds(disk, anchored.get().history());
  }

  /** Reads the anchor once: nobody else writes it while we run. */
  private void load(StateAnchor from) throws IOException {
    if (known) {
      return;
    }
    try {
      Optional<Bytes> content = from.read();
      anchored = content.map(AnchoredVersions::decode);
      fault = Optional.empty();
    } catch (KeystoreRefusal refusal) {
      fault = Optional.of(Link.bad(NAME, "anchored", Explanation.of(refusal)));
    } catch (IllegalArgumentException otherForm) {
      fault = Optional.of(Link.bad(NAME, "anchored", String.valueOf(otherForm.getMessage())));
    }
    known = true;
  }
}
