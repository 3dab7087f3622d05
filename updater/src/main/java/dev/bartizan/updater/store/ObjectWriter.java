// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.store;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * One object on its way into the store. Closing it without finishing keeps what is there for the
 * next {@link ObjectStore#begin}; what was appended is hashed as it goes by.
 */
public final class ObjectWriter implements Closeable {
  /** A power cut costs at most this much of a transfer. */
  private static final long SYNC_EVERY = 8 << 20;

  private final ObjectStore store;
  private final FileName partial;
  private final Digest label;
  private final Optional<Digest> expected;
  private final long length;
  private Disk.Output output;
  private MessageDigest hash;
  private long size;
  private long synced;

  private ObjectWriter(
      ObjectStore store,
      Digest label,
      Optional<Digest> expected,
      long length,
      Disk.Output output,
      MessageDigest hash)
      throws IOException {
    this.store = store;
    this.partial = ObjectStore.partial(label);
    this.label = label;
    this.expected = expected;
    this.length = length;
    this.output = output;
    this.hash = hash;
    this.size = output.size();
    this.synced = size;
  }

  static ObjectWriter resume(
      ObjectStore store, Digest label, Optional<Digest> expected, long length) throws IOException {
    FileName partial = ObjectStore.partial(label);
    long there = store.disk().size(partial).orElse(0L);
    if (there > length) {
      there = 0;
    }
    MessageDigest hash = store.hashOf(partial, there);
    Disk.Output output = there == 0 ? start(store, label) : store.disk().append(partial);
    return new ObjectWriter(store, label, expected, length, output, hash);
  }

  /** A new file and a durable name, so that what follows can be found after a power cut. */
  private static Disk.Output start(ObjectStore store, Digest label) throws IOException {
    FileName partial = ObjectStore.partial(label);
    Disk.Output output = store.disk().create(partial);
    try {
      store.disk().syncDirectory(ObjectStore.PARTIAL);
      store.begunHere(label);
      store.disk().reserve(partial, store.reservedFor(label));
      return output;
    } catch (IOException failed) {
      output.close();
      throw failed;
    }
  }

  /** Bytes there so far: where a resumed transfer goes on. */
  public long size() {
    return size;
  }

  /** Bytes still missing, or for a draft those still allowed. */
  public long remaining() {
    return length - size;
  }

  /**
   * Adds to the end. Not durable until it is finished, but for every few mebibytes.
   *
   * @throws StoreRefusal TOO_LONG when there would be more than announced; nothing of it was
   *     written
   */
  public void append(ByteBuffer content) throws IOException, StoreRefusal {
    if (content.remaining() > remaining()) {
      throw StoreRefusal.tooLong(label, length);
    }
    ByteBuffer hashed = content.duplicate();
    int count = content.remaining();
    write(content);
    hash.update(hashed);
    size += count;
    if (size - synced >= SYNC_EVERY) {
      sync();
    }
  }

  private void write(ByteBuffer content) throws IOException {
    try {
      output.write(content);
    } catch (IOException failed) {
      // How much of it arrived is unknown here; the next begin() measures and hashes it.
      close();
      throw failed;
    }
  }

  /**
   * Makes what was appended so far durable.
   *
   * @throws IOException and what was there is gone: after a failed sync the system may show pages
   *     that never reached the disk, so only writing all of it again is safe
   */
  public void sync() throws IOException {
    try {
      output.sync();
      synced = size;
    } catch (IOException failed) {
      close();
      store.disk().delete(partial);
      throw failed;
    }
  }

  /** Throws away what is there, for a sender that cannot resume. */
  public void restart() throws IOException {
    if (size == 0) {
      return;
    }
    output.close();
    hash = store.hashOf(partial, 0);
    output = start(store, label);
    size = 0;
    synced = 0;
  }

  /**
   * Checks the digest, and gives the object its name, durably.
   *
   * @return the object's name; for a draft this is where it becomes known
   * @throws StoreRefusal TOO_SHORT, and the transfer can go on; or HASH_MISMATCH, and what was
   *     there is gone, since nobody can say which part of it was wrong
   * @throws IOException also when what is wrong may be what an earlier process left: that is gone,
   *     and the transfer is worth beginning again
   */
  public Digest finish() throws IOException, StoreRefusal {
    if (expected.isPresent() && size < length) {
      throw StoreRefusal.tooShort(label, length, size);
    }
    Digest found = Digest.ofValue(hash.digest());
    if (expected.isPresent() && !expected.get().equals(found)) {
      throw mismatch(found);
    }
    sync();
    close();
    store.disk().rename(partial, ObjectStore.name(found));
    // First the new name, then the end of the old one: between the two the object has both.
    store.disk().syncDirectory(ObjectStore.OBJECTS);
    store.disk().syncDirectory(ObjectStore.PARTIAL);
    return found;
  }

  private StoreRefusal mismatch(Digest found) throws IOException {
    close();
    DurableFile.delete(store.disk(), partial);
    if (store.isInherited(label)) {
      throw new IOException(partial + ": did not survive the restart; it begins again");
    }
    return StoreRefusal.mismatch(label, found);
  }

  @Override
  public void close() throws IOException {
    output.close();
  }
}
