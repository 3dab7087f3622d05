// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ArtifactContext;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.ContentKeyWrapper;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.EnvelopePath;
import dev.bartizan.protocol.release.GoldenOffer;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.Pieces;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.golden.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * One release of a model, with everything that servers have of it.
 *
 * @param files by the path at which they are asked for
 */
record SimulatedRelease(
    ReleaseName name, Quality quality, Bytes manifest, Map<String, byte[]> files) {
  private static final int HEAD = 128;
  private static final int TENSOR = 12_000;
  private static final int TENSORS = 3;
  private static final int KEY = 32;
  private static final ProbationLimits GUARDS = new ProbationLimits(Duration.ofMinutes(4), 10, 300);

  /** What is wrong with a release. */
  enum Quality {
    GOOD,
    /** Takes many times as long as any before it. */
    SLOW,
    /** Does not answer as its golden vectors say. */
    WRONG,
    /** No engine makes a session of it. */
    UNLOADABLE,
    /** Passes its golden vectors, and fails when it has served for a while. */
    FAILING,
    /** Its content key was never wrapped to this device. */
    KEYLESS,
    /** What the servers have is not what was released. */
    DAMAGED;

    /** Whether a device may end up with it. */
    boolean isSound() {
      return this == GOOD || this == SLOW;
    }
  }

  /** Makes one, as an author would, for one device. */
  static SimulatedRelease of(ReleaseName name, Quality quality, Ground ground, SecureRandom random)
      throws IOException, Refusal {
    List<byte[]> parts = new ArrayList<>();
    parts.add(head(name, quality));
    for (int i = 0; i < TENSORS; i++) { // The same in all versions: those are not fetched again.
      byte[] tensor = new byte[TENSOR];
      new Random(31L * name.name().hashCode() + i).nextBytes(tensor);
      parts.add(tensor);
    }
    byte[] model = TinyModel.join(parts.toArray(byte[][]::new));
    Shards shards =
        new Shards.Builder(Shards.DEFAULT_SIZE, Digest.sha256())
            .add(ByteBuffer.wrap(model))
            .build();
    Map<String, byte[]> files = new HashMap<>();
    byte[] key = new byte[KEY];
    random.nextBytes(key);
    EncryptedFile whole = encrypt("model.onnx", model, shards.root(), key, random, files);
    EncryptedFile golden =
        encrypt("golden.tar", golden(factor(name)), shards.root(), key, random, files);
    byte[] manifest =
        new ReleaseManifest(
                name,
                1,
                "onnx",
                Digest.of(model),
                shards,
                new Pieces(
                    parts.stream().map(it -> new Pieces.Piece(it.length, Digest.of(it))).toList()),
                whole,
                List.of(),
                Optional.of(new GoldenOffer(golden, 1e-3, 1e-5)),
                GUARDS,
                KeyDelivery.AHEAD)
            .toJson();
    if (quality == Quality.DAMAGED) {
      byte[] bytes = Objects.requireNonNull(files.get(whole.path())).clone();
      bytes[HEAD] ^= 1;
      files.put(whole.path(), bytes);
    }
    if (quality != Quality.KEYLESS) {
      Bytes envelope =
          new ContentKeyWrapper(random).wrap(SecretBytes.take(key), ground.unwrapCertificate());
      String path = EnvelopePath.of(Digest.of(manifest), ground.keystore().ueid());
      files.put(path, envelope.toArray());
    }
    return new SimulatedRelease(name, quality, Bytes.of(manifest), Map.copyOf(files));
  }

  /** By what a version multiplies. */
  static int factor(ReleaseName name) {
    return Integer.parseInt(name.version().replaceAll("\\..*", ""));
  }

  private static byte[] head(ReleaseName name, Quality quality) {
    String line = name + " " + quality + " ";
    return (line + "-".repeat(HEAD - line.length())).getBytes(StandardCharsets.US_ASCII);
  }

  private static EncryptedFile encrypt(
      String file,
      byte[] content,
      Digest root,
      byte[] key,
      SecureRandom random,
      Map<String, byte[]> files)
      throws IOException {
    Bytes salt = ArtifactEncryptor.drawSalt(random);
    ByteArrayOutputStream ciphertext = new ByteArrayOutputStream();
    try (SecretBytes secret = SecretBytes.take(key.clone())) {
      ArtifactEncryptor encryptor =
          ArtifactEncryptor.begin(
              secret,
              salt,
              new ArtifactContext(root, 1, file),
              BulkCrypto.platform(),
              bytes -> {
                byte[] chunk = new byte[bytes.remaining()];
                bytes.get(chunk);
                ciphertext.writeBytes(chunk);
              });
      encryptor.write(ByteBuffer.wrap(content));
      encryptor.finish();
    }
    byte[] bytes = ciphertext.toByteArray();
    EncryptedFile entry = new EncryptedFile(file, Digest.of(bytes), bytes.length, salt);
    files.put(entry.path(), bytes);
    return entry;
  }

  private static byte[] golden(int factor) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(packed)) {
      add(tar, "input_0.pb", TinyModel.vector("", 1, 2, 3, 4));
      add(tar, "output_0.pb", TinyModel.vector("", factor, 2 * factor, 3 * factor, 4 * factor));
    }
    return packed.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry("test_data_set_0/" + name);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
