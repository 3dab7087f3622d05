// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import java.io.IOException;
import java.util.Optional;

/** Keeps what a keystore cannot keep in its chip: no secrets, but lost keys if it is lost. */
public interface BlobStore {
  /** What {@link #put} stored under {@code name}, if anything. */
  Optional<Bytes> find(String name) throws IOException;

  /** Stores, replacing whole; durable when this returns, old or new if it does not. */
  void put(String name, Bytes content) throws IOException;
}
