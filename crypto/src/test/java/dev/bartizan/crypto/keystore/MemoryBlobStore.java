// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The disk of a device, for tests that look at it or tamper with it. */
public final class MemoryBlobStore implements BlobStore {
  private final Map<String, Bytes> blobs = new TreeMap<>();

  @Override
  public Optional<Bytes> find(String name) {
    return Optional.ofNullable(blobs.get(name));
  }

  @Override
  public void put(String name, Bytes content) {
    blobs.put(name, content);
  }

  /** All that is stored now. */
  public Map<String, Bytes> image() {
    return Map.copyOf(blobs);
  }
}
