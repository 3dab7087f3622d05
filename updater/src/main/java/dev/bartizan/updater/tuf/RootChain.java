// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.io.IOException;
import java.util.Optional;

/**
 * The way from the pinned root to a later one, over the roots that a store has kept: each accepted
 * by the one before it and by itself. A root that lies in the store is believed for no other
 * reason: whoever can write there can write any version there.
 */
final class RootChain {
  private final MetadataStore store;
  private final Pin pin;

  /** Where all trust begins. */
  @FunctionalInterface
  interface Pin {
    Root root() throws TufRefusal, IOException;
  }

  RootChain(Pin pin, MetadataStore store) {
    this.pin = pin;
    this.store = store;
  }

  Root pinned() throws TufRefusal, IOException {
    return pin.root();
  }

  /** The pinned root alone. */
  TrustedMetadata begin(Freshness freshness) throws TufRefusal, IOException {
    return TrustedMetadata.startingFrom(pin.root().raw().toArray(), freshness);
  }

  /**
   * Goes on as far as the kept roots lead. One that does not follow is as good as none: the
   * repository has it.
   */
  void follow(TrustedMetadata trusted) throws IOException {
    try {
      Optional<byte[]> next = findAfter(trusted.root());
      while (next.isPresent()) {
        trusted.acceptRoot(next.get());
        next = findAfter(trusted.root());
      }
    } catch (TufRefusal doesNotFollow) {
      // Damaged, or put there by somebody: the chain ends before it.
    }
  }

  /** The newest root that the kept ones lead to. */
  Root newest() throws TufRefusal, IOException {
    TrustedMetadata trusted = begin(Freshness.notJudged());
    follow(trusted);
    return trusted.root();
  }

  /**
   * Goes from the pinned root to exactly {@code wanted}; expiry is not judged.
   *
   * @throws TufRefusal when the way is broken, or does not lead there: {@code wanted} is older than
   *     the pinned root, or a stranger's
   */
  TrustedMetadata leadingTo(Root wanted) throws TufRefusal, IOException {
    TrustedMetadata trusted = begin(Freshness.notJudged());
    while (!trusted.root().raw().equals(wanted.raw())) {
      long next = trusted.root().version() + 1;
      // The last link needs no kept copy.
      if (next == wanted.version()) {
        trusted.acceptRoot(wanted.raw().toArray());
      } else {
        accept(trusted, next, wanted);
      }
    }
    return trusted;
  }

  private void accept(TrustedMetadata trusted, long next, Root wanted)
      throws TufRefusal, IOException {
    Optional<byte[]> kept =
        next < wanted.version() ? findAfter(trusted.root()) : Optional.<byte[]>empty();
    if (kept.isEmpty()) {
      String from = "a chain of roots from the pinned version " + pin.root().version();
      String until = "version " + wanted.version() + ", and the chain ends at " + (next - 1);
      throw new TufRefusal(Code.SIG_THRESHOLD, RoleName.ROOT, from, until);
    }
    try {
      trusted.acceptRoot(kept.get());
    } catch (TufRefusal refused) {
      String found = store.pathOfRoot(next) + ": " + refused.found();
      throw new TufRefusal(refused.kind(), refused.role(), refused.expected(), found, refused);
    }
  }

  private Optional<byte[]> findAfter(Root root) throws TufRefusal, IOException {
    return store.findRoot(root.version() + 1);
  }
}
