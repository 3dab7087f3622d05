// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.trust;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.broker.KeyBroker;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.verify.ReferenceStore;
import java.io.IOException;

/**
 * Brings this server up to date with its author: reference values for the verifier, content keys
 * for the key broker and from it to devices.
 */
public final class AuthorSync {
  private final ReferenceStore references;
  private final RepositoryClient repository;
  private final WrappedKeyVault vault;
  private final KeyBroker broker;

  public AuthorSync(
      ReferenceStore references,
      RepositoryClient repository,
      WrappedKeyVault vault,
      KeyBroker broker) {
    this.references = references;
    this.repository = repository;
    this.vault = vault;
    this.broker = broker;
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
    AuthorWord word = repository.refresh();
    word.fill(references);
    vault.follow(word.keys());
    return new Synced(word.models().size(), word.keys().size(), broker.shipAll());
  }
}
