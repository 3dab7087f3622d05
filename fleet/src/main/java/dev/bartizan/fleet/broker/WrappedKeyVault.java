// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.fleet.credential.KeyBrokerKey;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Content keys as authors wrapped them to the key broker, in files. */
public final class WrappedKeyVault implements ContentKeyVault {
  private static final String FOLDER = "vault";
  private static final String SUFFIX = ".cms";
  private static final String ATTESTED = ".attested" + SUFFIX;

  private final SharedDirectory directory;
  private final KeyBrokerKey key;

  public WrappedKeyVault(SharedDirectory directory, SecureRandom random) {
    this.directory = directory;
    this.key = new KeyBrokerKey(directory, random);
  }

  /** What opens them. */
  public KeyBrokerKey key() {
    return key;
  }

  /**
   * Makes these the keys that are here, and no others. Envelopes come from signed metadata; a
   * release that its author took back loses its key.
   *
   * @return whether anything changed
   */
  public boolean follow(Map<Digest, WrappedKey> keys) throws IOException, Refusal {
    boolean changed = false;
    for (Map.Entry<Digest, WrappedKey> key : keys.entrySet()) {
      byte[] content = key.getValue().envelope().toArray();
      KeyEnvelope.parse(content);
      String file = file(key.getKey(), key.getValue().delivery());
      Optional<byte[]> known = directory.find(file, KeyEnvelope.MAX_LENGTH);
      if (known.isEmpty() || !Arrays.equals(known.get(), content)) {
        directory.writePrivate(file, content);
        changed = true;
      }
    }
    for (Map.Entry<String, Digest> file : files().entrySet()) {
      WrappedKey kept = keys.get(file.getValue());
      if (kept == null || !file(file.getValue(), kept.delivery()).equals(file.getKey())) {
        changed |= directory.delete(file.getKey());
      }
    }
    return changed;
  }

  @Override
  public Map<Digest, KeyDelivery> releases() throws IOException {
    Map<Digest, KeyDelivery> releases = new TreeMap<>(Comparator.comparing(Digest::hex));
    for (Map.Entry<String, Digest> file : files().entrySet()) {
      // Of a release that is there twice, after a crash, the stricter counts.
      KeyDelivery delivery =
          file.getKey().endsWith(ATTESTED) ? KeyDelivery.ATTESTED : KeyDelivery.AHEAD;
      releases.merge(file.getValue(), delivery, WrappedKeyVault::stricter);
    }
    return releases;
  }

  private static KeyDelivery stricter(KeyDelivery one, KeyDelivery other) {
    return one == KeyDelivery.ATTESTED ? one : other;
  }

  /** The files that are here, and whose key each has. */
  private Map<String, Digest> files() throws IOException {
    Map<String, Digest> files = new TreeMap<>();
    for (String name : directory.list(FOLDER, SUFFIX)) {
      String suffix = name.endsWith(ATTESTED) ? ATTESTED : SUFFIX;
      try {
        files.put(
            FOLDER + "/" + name, Digest.ofHex(name.substring(0, name.length() - suffix.length())));
      } catch (IllegalArgumentException strange) {
        throw new IOException(
            directory.path(FOLDER + "/" + name) + ": is named after no release", strange);
      }
    }
    return files;
  }

  @Override
  public boolean holds(Digest release) throws IOException {
    return find(release).isPresent();
  }

  @Override
  public SecretBytes open(Digest release) throws IOException, Refusal {
    byte[] envelope =
        find(release)
            .orElseThrow(() -> new IOException("there is no key of " + release.hex() + " here"));
    return KeyEnvelope.parse(envelope).open(key.certificate(), key::agree, SecretMemory.ordinary());
  }

  private Optional<byte[]> find(Digest release) throws IOException {
    Optional<byte[]> attested =
        directory.find(file(release, KeyDelivery.ATTESTED), KeyEnvelope.MAX_LENGTH);
    return attested.isPresent()
        ? attested
        : directory.find(file(release, KeyDelivery.AHEAD), KeyEnvelope.MAX_LENGTH);
  }

  private static String file(Digest release, KeyDelivery delivery) {
    return FOLDER + "/" + release.hex() + (delivery == KeyDelivery.ATTESTED ? ATTESTED : SUFFIX);
  }
}
