// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.trust;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.updater.disk.ScratchDisk;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.Root;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import dev.bartizan.updater.tuf.TufClient;
import dev.bartizan.updater.tuf.TufRefusal;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the author said at one time, with all that proves it: whoever pinned his root verifies it
 * years later and without a network.
 *
 * @param root digest of the root in use, which the way from the pinned one leads to
 * @param metadata by the name of its file: every root after the pinned one, and each role's
 * @param documents by target path: reference values, and the policy
 */
public record KeptWord(Digest root, Map<String, Bytes> metadata, Map<String, Bytes> documents) {
  /** Where metadata is, for messages. */
  public static final String METADATA = "metadata/";

  /** Where documents are, for messages. */
  public static final String DOCUMENTS = "documents/";

  private static final String STORE = "tuf";

  /** The version before the name of a file. */
  private static final String VERSION = "^[1-9][0-9]{0,15}[.]";

  public KeptWord {
    metadata = Map.copyOf(metadata);
    documents = Map.copyOf(documents);
  }

  /**
   * The same, verified.
   *
   * @param expired what of it had run out by the time it was verified for
   * @param versions of every role
   */
  public record Verified(
      AuthorWord word, Optional<TufRefusal> expired, Map<String, Long> versions) {}

  /**
   * Verifies all of it from {@code pinned} down.
   *
   * @param then when it has to have been valid; what had run out is told
   * @throws Refusal when something was not signed, is missing, or is there and not named, or when
   *     the way ends at another root
   */
  public Verified verify(Root pinned, Instant then) throws Refusal, IOException {
    Optional<TufRefusal> expired = Optional.empty();
    TrustedTargets targets;
    try {
      MetadataStore store = new MetadataStore(new ScratchDisk(), STORE);
      targets = whole(new TufClient(pinned, store, this::find, InstantSource.fixed(then)));
    } catch (TufRefusal refused) {
      if (refused.kind() != TufRefusal.Code.EXPIRED) {
        throw refused;
      }
      expired = Optional.of(refused);
      targets = ofAnyAge(pinned);
    }
    if (!targets.rootDigest().equals(root)) {
      throw new WordIncomplete(
          METADATA + "root.json", "the roots lead to " + targets.rootDigest() + ", not to " + root);
    }
    requireNamed(targets);
    return new Verified(read(targets), expired, targets.versions());
  }

  private TrustedTargets ofAnyAge(Root pinned) throws Refusal, IOException {
    MetadataStore store = new MetadataStore(new ScratchDisk(), STORE);
    TufClient.init(store, pinned.raw().toArray());
    return whole(TufClient.forMaintainer(store, this::find));
  }

  /** A file of it that is missing is no network that is away. */
  private static TrustedTargets whole(TufClient client) throws Refusal, IOException {
    try {
      return client.refreshWhole();
    } catch (FileNotFoundException missing) {
      throw new WordIncomplete(METADATA, String.valueOf(missing.getMessage()), missing);
    }
  }

  /** As a repository serves it: with the version in the name, or without. */
  private Optional<byte[]> find(String fileName, int limit) {
    Bytes exact = metadata.get(fileName);
    if (exact == null && !fileName.endsWith(".root.json")) {
      exact = metadata.get(fileName.replaceFirst(VERSION, ""));
    }
    return Optional.ofNullable(exact).map(Bytes::toArray);
  }

  private AuthorWord read(TrustedTargets targets) throws Refusal, IOException {
    WordReading reading =
        new WordReading(
            new WordReading.Targets() {
              @Override
              public Map<String, TargetFile> list(String prefix) throws IOException, Refusal {
                return targets.list(prefix);
              }

              @Override
              public byte[] content(TargetFile target, int limit) throws Refusal {
                return document(target);
              }
            });
    return new AuthorWord(reading.models(), reading.software(), reading.references(), Map.of());
  }

  private byte[] document(TargetFile target) throws WordIncomplete, TufRefusal {
    Bytes content = documents.get(target.path());
    if (content == null) {
      throw new WordIncomplete(DOCUMENTS + target.path(), "is missing, and was signed");
    }
    return target.accept(content.toArray()).toArray();
  }

  /** Of every document whatever is said of it: nothing travels along unsigned. */
  private void requireNamed(TrustedTargets targets) throws Refusal, IOException {
    Optional<TargetFile> policy = targets.find(DevicePolicy.TARGET);
    if (policy.isPresent() && !documents.containsKey(DevicePolicy.TARGET)) {
      throw new WordIncomplete(DOCUMENTS + DevicePolicy.TARGET, "is missing, and was signed");
    }
    for (Map.Entry<String, Bytes> one : new TreeMap<>(documents).entrySet()) {
      Optional<TargetFile> target = targets.find(one.getKey());
      if (target.isEmpty()) {
        throw new WordIncomplete(DOCUMENTS + one.getKey(), "was not signed by the author");
      }
      target.get().accept(one.getValue().toArray());
    }
  }
}
