// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.identity;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.keystore.BlobStore;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.util.Optional;

/** Keeps the keystore's blobs in the state directory. */
public final class KeystoreBlobs implements BlobStore {
  private static final String DIRECTORY = "keystore/";
  private static final int MAX_LENGTH = 64 * 1024;

  private final Disk disk;

  public KeystoreBlobs(Disk disk) {
    this.disk = disk;
  }

  @Override
  public Optional<Bytes> find(String name) throws IOException {
    return disk.read(FileName.of(DIRECTORY + name), MAX_LENGTH).map(Bytes::of);
  }

  @Override
  public void put(String name, Bytes content) throws IOException {
    DurableFile.replace(disk, FileName.of(DIRECTORY + name), content.toArray());
  }
}
