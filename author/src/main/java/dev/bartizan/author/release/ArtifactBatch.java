// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.envelope.ArtifactContext;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.updater.disk.DurableFiles;
import dev.bartizan.updater.disk.ServedFolder;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The encrypted files of one release on their way into the served directory: all of them, or, when
 * this is closed before {@link #keep}, none.
 */
@TouchesTheWorld("writes the served artifacts")
final class ArtifactBatch implements Closeable {
  private final Path folder;
  private final DurableFiles files = new DurableFiles();
  private final SecretBytes contentKey;
  private final BulkCrypto crypto;
  private final SecureRandom random;
  private final Map<Path, Path> incoming = new LinkedHashMap<>();
  private final List<Path> unkept = new ArrayList<>();

  /**
   * @param folder {@code repository/artifacts}
   * @param contentKey stays the caller's
   */
  ArtifactBatch(Path folder, SecretBytes contentKey, BulkCrypto crypto, SecureRandom random)
      throws IOException {
    this.folder = ServedFolder.make(folder);
    this.contentKey = contentKey;
    this.crypto = crypto;
    this.random = random;
  }

  /** Writes plaintext. */
  @FunctionalInterface
  interface Plaintext {
    void writeTo(OutputStream out) throws IOException, Refusal;
  }

  /** Encrypts a file under a salt of its own; nobody sees it yet. */
  EncryptedFile encrypt(ArtifactContext context, Plaintext plaintext) throws IOException, Refusal {
    Path temporary = Files.createTempFile(folder, ".incoming-", "");
    unkept.add(temporary);
    Bytes salt = ArtifactEncryptor.drawSalt(random);
    try (FileChannel file = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      HashedFile sink = new HashedFile(file, crypto.sha256());
      ArtifactEncryptor encryptor =
          ArtifactEncryptor.begin(contentKey, salt, context, crypto, sink);
      plaintext.writeTo(new EncryptingStream(encryptor));
      encryptor.finish();
      Digest ciphertext = sink.digest();
      incoming.put(temporary, folder.resolve(ciphertext.hex()));
      return new EncryptedFile(context.file(), ciphertext, file.size(), salt);
    }
  }

  /** Gives all files their names, durably. */
  void publish() throws IOException {
    for (Map.Entry<Path, Path> file : incoming.entrySet()) {
      ServedFolder.open(file.getKey());
      files.publish(file.getKey(), file.getValue(), folder);
      unkept.add(file.getValue());
    }
  }

  /** From now on {@link #close} leaves the files where they are. */
  void keep() {
    unkept.clear();
  }

  @Override
  public void close() throws IOException {
    for (Path file : unkept) {
      Files.deleteIfExists(file);
    }
  }
}
