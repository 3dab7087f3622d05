// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.trust;

import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.broker.KeyBroker;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.verify.ReferenceStore;
import java.io.IOException;
import java.time.InstantSource;

/**
 * Brings this server up to date with its author: reference values for the verifier, content keys
 * for the key broker and from it to devices.
 */
public final class AuthorSync {
  private final ReferenceStore references;
  private final RepositoryClient repository;
  private final WrappedKeyVault vault;
  private final KeyBroker broker;
  private final InstantSource clock;

  public AuthorSync(
      ReferenceStore references,
      RepositoryClient repository,
      WrappedKeyVault vault,
      KeyBroker broker,
      InstantSource clock) {
    this.references = references;
    this.repository = repository;
    this.vault = vault;
    this.broker = broker;
    this.clock = clock;
  }

  /** Whoever reads a result is told that it is by former values. */
  private AuthorWord refreshed() throws IOException, Refusal, InterruptedException {
    try {
      return repository.refresh();
    } catch (Refusal refused) {
      references.keepFormer(clock.instant(), "the repository refuses: " + Explanation.of(refused));
      throw refused;
    } catch (IOException away) {
      references.keepFormer(clock.instant(), "the repository is away: " + Explanation.of(away));
      throw away;
    }
  }

  /**
   * What a look at the author's repository led to.
   *
   * @param releases of models that are signed now
   * @param keys how many of them this fleet's key broker was given the key of
   * @param shipped what devices got of them
   */
  public record Synced(int releases, int keys, KeyBroker.Shipped shipped) {}

  /**
   * Asks the author's repository, and follows it.
   *
   * @throws Refusal when what is served is not acceptable; all stays as it was
   * @throws IOException when it cannot be asked now; the same
   */
  public Synced sync() throws IOException, Refusal, InterruptedException {
    AuthorWord word = refreshed();
    word.fill(references, clock.instant());
    vault.follow(word.keys());
    return new Synced(word.models().size(), word.keys().size(), broker.shipAll());
  }
}
