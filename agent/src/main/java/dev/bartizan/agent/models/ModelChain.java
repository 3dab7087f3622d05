// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Installed;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Judges every installed model, active or kept for a way back, from signed metadata to the key that
 * opens it. Reads every byte of them, and decrypts none.
 */
public final class ModelChain {
  private final TrustedDocuments documents;
  private final ObjectStore store;
  private final ModelVault vault;

  public ModelChain(TrustedDocuments documents, ObjectStore store, ModelVault vault) {
    this.documents = documents;
    this.store = store;
    this.vault = vault;
  }

  /**
   * Looks at everything now.
   *
   * @param boot the keystore is asked for no content key unless this is good
   * @throws IOException when the keystore or the disk cannot be read
   */
  public ChainVerdict examine(Components installed, Verdict boot) throws IOException {
    List<Link> links = new ArrayList<>();
    for (Component component : sorted(installed.models())) {
      for (Installed held :
          Stream.concat(component.active().stream(), component.previous().stream()).toList()) {
        examine(
            new ReleaseName(component.name().name(), held.release().version()), held, boot, links);
      }
    }
    return new ChainVerdict(links);
  }

  private static List<Component> sorted(List<Component> models) {
    return models.stream().sorted(Comparator.comparing(Component::name)).toList();
  }

  private void examine(ReleaseName name, Installed held, Verdict boot, List<Link> links)
      throws IOException {
    Digest release = held.release().manifest();
    String model = "model " + name.name() + " " + name.version();
    links.add(
        judge(
            model + ": release",
            release.hex(),
            () -> {
              documents.requireSigned(name.modelTarget(), release);
              store.read(release, ReleaseManifest.MAX_LENGTH);
            }));
    for (Digest object : held.objects().stream().filter(it -> !it.equals(release)).toList()) {
      links.add(judge(model + ": object", object.hex(), () -> store.verify(object)));
    }
    String key = model + ": key";
    links.add(
        boot == Verdict.GOOD
            ? judge(key, Envelopes.path(release) + " opens it", () -> tryKey(name, release))
            : Link.unknown(key, "a good boot chain", "boot chain " + boot.text()));
  }

  /** The artifact commits to its key: opening it shows that this is the one. */
  private void tryKey(ReleaseName name, Digest release) throws Refusal, IOException {
    try (OpenRelease open = vault.unlock(name, release);
        Disk.Input ciphertext = store.open(open.manifest().whole().digest())) {
      open.open(open.manifest().whole(), ModelVault.source(ciphertext));
    }
  }

  /** One look at one thing. */
  @FunctionalInterface
  private interface Look {
    void look() throws Refusal, IOException;
  }

  private static Link judge(String name, String expected, Look look) throws IOException {
    try {
      look.look();
      return Link.good(name, expected);
    } catch (Refusal refusal) {
      return Link.bad(name, expected, Explanation.of(refusal));
    }
  }
}
