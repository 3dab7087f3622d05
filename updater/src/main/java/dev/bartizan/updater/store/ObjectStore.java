// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.store;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Objects by digest: {@code objects/<sha256>} when whole, {@code partial/<sha256>} while on the
 * way. One instance per process; for one thread at a time, except that {@link #open}, {@link #read}
 * and {@link #holds} may be called from any.
 */
public final class ObjectStore {
  /** Kept free for journal, history and metadata, which must be writable when payloads are not. */
  public static final long RESERVE_BYTES = 8 << 20;

  static final String OBJECTS = "objects";
  static final String PARTIAL = "partial";
  private static final int PIECE = 1 << 20;

  private final Disk disk;
  private final Supplier<MessageDigest> sha256;

  /** Transfers of which this process has written every byte. */
  private final Set<Digest> begunHere = new HashSet<>();

  /** Transfers for which this process has set the space aside, by digest. */
  private final Map<Digest, Long> reserved = new HashMap<>();

  /**
   * A store on {@code disk}.
   *
   * @param sha256 makes a fresh SHA-256; large objects want a native one
   */
  public ObjectStore(Disk disk, Supplier<MessageDigest> sha256) {
    this.disk = disk;
    this.sha256 = sha256;
  }

  /** What {@link #collect} took away. */
  public record Collected(int files, long bytes) {}

  /** Whether the object is held, whole. */
  public boolean holds(Digest object) throws IOException {
    return disk.size(name(object)).isPresent();
  }

  /** The length of an object in bytes, or empty when it is not held. */
  public Optional<Long> find(Digest object) throws IOException {
    return disk.size(name(object));
  }

  /** Every object held. */
  public Set<Digest> held() throws IOException {
    Set<Digest> held = new TreeSet<>((a, b) -> a.hex().compareTo(b.hex()));
    for (FileName file : disk.list(OBJECTS)) {
      digestIn(file).ifPresent(held::add);
    }
    return held;
  }

  /**
   * Sets space aside for an object that is going to be written, and keeps it through restarts: what
   * has been begun will not find the disk full later.
   *
   * @throws NotEnoughSpace when nothing would be left for the device's own records
   * @throws IOException when there is no room
   */
  public void reserve(Digest expected, long length) throws IOException {
    if (holds(expected)) {
      return;
    }
    FileName partial = partial(expected);
    if (disk.size(partial).isEmpty()) {
      ObjectWriter.resume(this, expected, Optional.of(expected), length).close();
    }
    disk.reserve(partial, length);
    if (disk.usableBytes() < RESERVE_BYTES) {
      throw new NotEnoughSpace(RESERVE_BYTES, disk.usableBytes());
    }
    reserved.put(expected, length);
  }

  /** Bytes already set aside for {@code object}. */
  long reservedFor(Digest object) {
    return reserved.getOrDefault(object, 0L);
  }

  /**
   * Goes on with, or starts, an object of known digest and length.
   *
   * @throws NotEnoughSpace when what is missing does not fit; nothing was written
   * @throws IllegalStateException when the object is held already: ask {@link #holds} first
   */
  public ObjectWriter begin(Digest expected, long length) throws IOException {
    if (holds(expected)) {
      throw new IllegalStateException("objects/" + expected + " is held already");
    }
    FileName partial = partial(expected);
    long there = disk.size(partial).orElse(0L);
    // A remnant longer than the object can only be damage: it is not worth resuming.
    requireSpace(length - Math.max(there > length ? 0 : there, reservedFor(expected)));
    return ObjectWriter.resume(this, expected, Optional.of(expected), length);
  }

  /**
   * Goes on with, or starts, an object whose digest only its end will tell: what this device
   * encrypts to itself.
   *
   * @param label names the work in progress, so that it can be resumed: for instance the digest of
   *     the plaintext it is made from
   * @param lengthMax the most bytes it may get
   */
  public ObjectWriter draft(Digest label, long lengthMax) throws IOException {
    requireSpace(lengthMax - disk.size(partial(label)).orElse(0L));
    return ObjectWriter.resume(this, label, Optional.empty(), lengthMax);
  }

  /** Stores a small object durably and names it; twice is once. */
  public Digest put(byte[] content) throws IOException {
    Digest name = Digest.of(content);
    if (holds(name)) {
      return name;
    }
    try (ObjectWriter writer = begin(name, content.length)) {
      writer.restart();
      writer.append(ByteBuffer.wrap(content));
      return writer.finish();
    } catch (StoreRefusal impossible) {
      throw new IllegalStateException("bytes named by their own digest", impossible);
    }
  }

  /**
   * Opens an object for reading at any position. Its bytes are not checked here.
   *
   * @throws StoreRefusal NOT_HELD
   */
  public Disk.Input open(Digest object) throws IOException, StoreRefusal {
    if (!holds(object)) {
      throw StoreRefusal.notHeld(object);
    }
    return disk.open(name(object));
  }

  /**
   * A small object, hashed again on the way.
   *
   * @throws StoreRefusal NOT_HELD, TOO_LONG or HASH_MISMATCH
   */
  public byte[] read(Digest object, int limit) throws IOException, StoreRefusal {
    long size = find(object).orElseThrow(() -> StoreRefusal.notHeld(object));
    if (size > limit) {
      throw StoreRefusal.tooLong(object, limit);
    }
    byte[] content = disk.read(name(object), limit).orElseThrow(() -> StoreRefusal.notHeld(object));
    Digest found = Digest.of(content);
    if (!found.equals(object)) {
      throw StoreRefusal.mismatch(object, found);
    }
    return content;
  }

  /**
   * Hashes an object of any length.
   *
   * @throws StoreRefusal NOT_HELD or HASH_MISMATCH; the object stays where it is
   */
  public void verify(Digest object) throws IOException, StoreRefusal {
    MessageDigest hash = sha256.get();
    try (Disk.Input input = open(object)) {
      feed(input, input.size(), hash);
    }
    Digest found = Digest.ofValue(hash.digest());
    if (!found.equals(object)) {
      throw StoreRefusal.mismatch(object, found);
    }
  }

  /** Deletes a damaged object, so that it can be fetched again. */
  public void discard(Digest object) throws IOException {
    disk.delete(name(object));
    disk.syncDirectory(OBJECTS);
  }

  /**
   * Deletes every object and every transfer in progress that is not pinned, and makes that durable.
   * Cut short, it has deleted some; the next one takes the rest.
   */
  public Collected collect(Set<Digest> pinned) throws IOException {
    Set<Digest> held = held();
    // A power cut while one is finished may leave an object under both its names.
    Collected partial = sweep(PARTIAL, name -> !pinned.contains(name) || held.contains(name));
    Collected objects = sweep(OBJECTS, name -> !pinned.contains(name));
    return new Collected(
        partial.files() + objects.files(), Math.addExact(partial.bytes(), objects.bytes()));
  }

  /** What has no digest for a name was not put there by this store, and is garbage too. */
  private Collected sweep(String directory, Predicate<Digest> garbage) throws IOException {
    int files = 0;
    long bytes = 0;
    for (FileName file : disk.list(directory)) {
      if (digestIn(file).map(garbage::test).orElse(true)) {
        bytes += disk.size(file).orElse(0L);
        disk.delete(file);
        files++;
      }
    }
    if (files > 0) {
      disk.syncDirectory(directory);
    }
    return new Collected(files, bytes);
  }

  /**
   * Refuses to go on unless that many bytes can be written beside the reserve.
   *
   * @param bytes what several objects of one plan still need together
   */
  public void requireSpace(long bytes) throws IOException {
    long needed = Math.addExact(Math.max(bytes, 0), RESERVE_BYTES);
    long free = disk.usableBytes();
    if (bytes > 0 && free < needed) {
      throw new NotEnoughSpace(needed, free);
    }
  }

  Disk disk() {
    return disk;
  }

  void begunHere(Digest label) {
    begunHere.add(label);
  }

  /** Whether what is there of a transfer may have gone through a power cut. */
  boolean isInherited(Digest label) {
    return !begunHere.contains(label);
  }

  /** A running hash over the first {@code length} bytes of {@code file}. */
  MessageDigest hashOf(FileName file, long length) throws IOException {
    MessageDigest hash = sha256.get();
    if (length > 0) {
      try (Disk.Input input = disk.open(file)) {
        feed(input, length, hash);
      }
    }
    return hash;
  }

  private static void feed(Disk.Input input, long length, MessageDigest hash) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(length, 1)));
    for (long at = 0; at < length; at += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), length - at));
      if (input.read(at, piece) != piece.limit()) {
        throw new IOException("an object became shorter while it was hashed");
      }
      hash.update(piece.flip());
    }
  }

  static FileName name(Digest object) {
    return FileName.of(OBJECTS + "/" + object.hex());
  }

  static FileName partial(Digest object) {
    return FileName.of(PARTIAL + "/" + object.hex());
  }

  private static Optional<Digest> digestIn(FileName file) {
    boolean isDigest = file.last().matches("[0-9a-f]{64}");
    return isDigest ? Optional.of(Digest.ofHex(file.last())) : Optional.empty();
  }
}
