// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.ByteSource;
import dev.bartizan.crypto.envelope.EncryptedArtifact;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.delta.decode.DeltaDecoder;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.protocol.custody.BrokerEnvelope;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import dev.bartizan.updater.tuf.TufClient;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the fleet's key broker can read of the served directory; nothing else is used. */
final class AsServed {
  private final Path served;
  private final TestFleet fleet;
  private final TrustedTargets targets;

  /** Starts from {@code root.json}. */
  AsServed(TestAuthor author) throws Exception {
    this.served = author.directory().path("repository");
    this.fleet = author.fleet();
    MetadataStore store = new MetadataStore(new FakeDisk(), "tuf");
    TufClient.init(store, author.directory().read("root.json", 1 << 20));
    this.targets =
        TufClient.ofOwnStore(
                store,
                (name, limit) -> {
                  Path file = served.resolve("metadata").resolve(name);
                  return Files.exists(file)
                      ? java.util.Optional.of(Files.readAllBytes(file))
                      : java.util.Optional.empty();
                },
                TestAuthor.CLOCK)
            .refreshAll();
  }

  TrustedTargets targets() {
    return targets;
  }

  /** A signed document. */
  byte[] document(String path) throws Exception {
    TargetFile target = targets.get(path);
    byte[] content = Files.readAllBytes(served.resolve("targets").resolve(targets.urlPath(target)));
    return target.accept(content).toArray();
  }

  ReleaseManifest manifest(String version) throws Exception {
    return ReleaseManifest.parse(document(new ReleaseName("defect", version).modelTarget()));
  }

  /** The plaintext of one file of a release. */
  byte[] open(String version, EncryptedFile file) throws Exception {
    ReleaseManifest manifest = manifest(version);
    try (SecretBytes key = key(version)) {
      EncryptedArtifact artifact =
          EncryptedArtifact.open(
              ByteSource.of(ciphertext(file)), key, manifest.context(file), TestAuthor.CRYPTO);
      ByteBuffer plain = ByteBuffer.allocate((int) artifact.length());
      artifact.reader().read(0, plain);
      return plain.array();
    }
  }

  byte[] ciphertext(EncryptedFile file) throws Exception {
    return Files.readAllBytes(served.resolve(file.path()));
  }

  /** The plaintext of {@code version} as it follows from {@code base} by the published delta. */
  byte[] rebuild(String version, byte[] base) throws Exception {
    EncryptedFile delta = manifest(version).deltas().get(0).file();
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    new DeltaDecoder(Digest::sha256, base.length + 1_000_000)
        .apply(
            KnownContent.of(ByteBuffer.wrap(base)),
            new ByteArrayInputStream(open(version, delta)),
            piece -> {
              byte[] bytes = new byte[piece.remaining()];
              piece.get(bytes);
              result.writeBytes(bytes);
            });
    return result.toByteArray();
  }

  /** Encrypts {@code plain} again, with the salt that the manifest names. */
  byte[] encryptAgain(String version, byte[] plain) throws Exception {
    ReleaseManifest manifest = manifest(version);
    ByteArrayOutputStream ciphertext = new ByteArrayOutputStream();
    try (SecretBytes key = key(version)) {
      ArtifactEncryptor encryptor =
          ArtifactEncryptor.begin(
              key,
              manifest.whole().salt(),
              manifest.context(manifest.whole()),
              TestAuthor.CRYPTO,
              bytes -> {
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                ciphertext.writeBytes(copy);
              });
      encryptor.write(ByteBuffer.wrap(plain));
      encryptor.finish();
    }
    return ciphertext.toByteArray();
  }

  /** The content key, as it was wrapped to the fleet's key broker. */
  SecretBytes key(String version) throws Exception {
    byte[] envelope =
        document(
            BrokerEnvelope.target(
                new ReleaseName("defect", version),
                fleet.keys().trustDomain(),
                manifest(version).keys()));
    return KeyEnvelope.parse(envelope)
        .open(fleet.keys().keyBroker(), fleet::agree, SecretMemory.ordinary());
  }

  Bytes keyBytes(String version) throws Exception {
    try (SecretBytes key = key(version)) {
      return key.reveal(Bytes::of);
    }
  }
}
