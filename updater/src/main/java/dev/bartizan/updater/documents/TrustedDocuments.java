// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.documents;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.fetch.Allowance;
import dev.bartizan.updater.fetch.FetchRefusal;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.tuf.SignedBy;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import dev.bartizan.updater.tuf.TufClient;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The signed documents of the fleet: those held, and those that can be fetched.
 *
 * <p>Two locks. Whoever asks a server holds {@code asking}, for as long as the server takes; the
 * object's own is held for moments only, so that what is known is answered at once, whatever a
 * server does meanwhile. What is trusted, and is on disk for the next start, changes once the
 * documents it names have come; as long as they do not, everything stays as it was.
 */
public final class TrustedDocuments {
  private static final String TARGETS = "targets/";
  private static final String SOFTWARE = "software/";

  private final ReentrantLock asking = new ReentrantLock();

  /**
   * What a whole refresh may take, from all places together. It goes on where it ended: what was
   * accepted stays, and a link that needs longer needs a second one.
   */
  public static final Duration REFRESH = Duration.ofMinutes(15);

  private final LongSupplier nanoTime;
  private final TufClient client;
  private final DocumentCache cache;
  private final List<Place> places;
  private @Nullable TrustedTargets trusted;

  /**
   * Somewhere the fleet's files can be had. What a place says is verified before a byte of it is
   * kept; a place that fails that is passed over.
   */
  public record Place(Metadata metadata, SmallFiles files) {}

  /** Metadata as it is had from a place's files. */
  @FunctionalInterface
  public interface Metadata {
    TufClient from(SmallFiles files);
  }

  /**
   * @param places asked in this order; at least one
   * @param nanoTime monotonic
   */
  public TrustedDocuments(Disk disk, List<Place> places, LongSupplier nanoTime) {
    this.client = places.get(0).metadata().from(places.get(0).files());
    this.nanoTime = nanoTime;
    this.cache = new DocumentCache(disk);
    this.places = List.copyOf(places);
  }

  /**
   * Verifies the metadata on disk anew. A device that never had any has nothing to verify.
   *
   * @throws Refusal when a stored byte is not what was signed
   */
  public synchronized void load() throws Refusal, IOException {
    try {
      trusted = client.loadTrusted();
    } catch (FileNotFoundException neverRefreshed) {
      trusted = null;
    }
  }

  /**
   * Brings metadata up to date, and fetches {@code wanted} as far as the metadata names them.
   *
   * @param wanted target paths of the documents this device lives by
   * @throws Refusal when something offered is not acceptable; what was trusted before stays trusted
   * @throws IOException when no place can be asked, or all of it took longer than {@link #REFRESH}
   */
  public void refresh(List<String> wanted) throws Refusal, IOException, InterruptedException {
    refresh(fresh -> wanted);
  }

  /** Which documents to hold, as metadata has them. */
  @FunctionalInterface
  public interface Wanted {
    List<String> among(TrustedTargets fresh) throws Refusal, IOException;
  }

  /** The same, for who wants all documents of a kind. */
  public void refresh(Wanted wanted) throws Refusal, IOException, InterruptedException {
    asking.lockInterruptibly();
    try {
      Allowance together = new Allowance(nanoTime, REFRESH);
      retain(first(place -> refreshFrom(place, wanted, together), 0));
    } finally {
      asking.unlock();
    }
  }

  /** What places are asked for. */
  private interface Wish<T> {
    T from(Place place) throws Refusal, IOException, InterruptedException;
  }

  /** The first place that does counts; if none does, what the first one said is thrown. */
  private <T> T first(Wish<T> wish, int index) throws Refusal, IOException, InterruptedException {
    try {
      return wish.from(places.get(index));
    } catch (Refusal | IOException failed) {
      if (index + 1 == places.size()) {
        throw failed;
      }
      try {
        return first(wish, index + 1);
      } catch (Refusal | IOException other) {
        failed.addSuppressed(other);
        throw failed;
      }
    }
  }

  /** Returns the documents to hold from now on. */
  private Set<Digest> refreshFrom(Place place, Wanted wanted, Allowance together)
      throws Refusal, IOException, InterruptedException {
    SmallFiles files = place.files().within(together);
    TufClient metadata = place.metadata().from(files);
    TrustedTargets fresh = metadata.refreshWhole();
    Set<Digest> held = new HashSet<>();
    for (TargetFile named : fresh.list(SOFTWARE).values()) {
      // Of a version that this device goes back to, or on to: it starts without a network, too.
      held.add(named.sha256());
    }
    for (String path : wanted.among(fresh)) {
      Optional<TargetFile> target = fresh.find(path);
      if (target.isPresent()) {
        fetch(files, fresh, target.get());
        held.add(target.get().sha256());
      }
    }
    // The other way round, whoever cuts power or link in between would make documents missing.
    trust(metadata.keep(fresh));
    return held;
  }

  private synchronized void trust(TrustedTargets fresh) {
    trusted = fresh;
  }

  private synchronized void retain(Set<Digest> held) throws IOException {
    cache.retain(held);
  }

  private synchronized TrustedTargets now() throws FileNotFoundException {
    if (trusted == null) {
      throw new FileNotFoundException("no trusted metadata yet: the repository was never reached");
    }
    return trusted;
  }

  /** A set that was loaded verifies its roles as they are asked for: one at a time. */
  private synchronized TargetFile named(TrustedTargets targets, String path)
      throws Refusal, IOException {
    return targets.get(path);
  }

  /** Who vouches for {@code path}: the role, and the keys whose signatures on it are good. */
  public synchronized Optional<SignedBy> signedBy(String path) throws Refusal, IOException {
    return trusted == null ? Optional.empty() : trusted.signedBy(path);
  }

  /**
   * The files on disk, of metadata or documents, that are not what was accepted, by path.
   *
   * @throws Refusal when the last complete set of metadata does not hold
   */
  public synchronized List<String> damaged() throws Refusal, IOException {
    List<String> damaged = new ArrayList<>(client.damagedFiles());
    damaged.addAll(cache.damaged());
    return damaged;
  }

  /** Whether any metadata is trusted here yet. */
  public synchronized boolean isInitialised() {
    return trusted != null;
  }

  /**
   * The document at {@code path}, if metadata names it and the device holds it. Whether nothing was
   * signed or it was lost, {@link #missing} tells.
   *
   * @param limit the most bytes to read
   */
  public synchronized Optional<byte[]> find(String path, int limit) throws Refusal, IOException {
    Optional<TargetFile> target = target(path);
    return target.isEmpty() ? Optional.empty() : cache.find(target.get().sha256(), limit);
  }

  /**
   * Those of {@code paths} that metadata names and this device does not hold, or holds with other
   * bytes. Missing is not the same as not signed: whoever can delete a file must not get more by
   * it.
   */
  public synchronized List<String> missing(List<String> paths) throws Refusal, IOException {
    List<String> missing = new ArrayList<>();
    for (String path : paths) {
      Optional<TargetFile> target = target(path);
      if (target.isPresent()
          && cache.find(target.get().sha256(), Math.toIntExact(target.get().length())).isEmpty()) {
        missing.add(path);
      }
    }
    return missing;
  }

  /** What the metadata says of {@code path}, if anything. */
  public synchronized Optional<TargetFile> target(String path) throws Refusal, IOException {
    return trusted == null ? Optional.empty() : trusted.find(path);
  }

  /**
   * Insists that metadata names exactly these bytes under {@code path}.
   *
   * @throws Refusal when it names others or none: withdrawn, never signed, or exchanged on disk
   */
  public synchronized void requireSigned(String path, Digest digest) throws Refusal, IOException {
    Optional<TargetFile> target = target(path);
    if (target.isEmpty() || !target.get().sha256().equals(digest)) {
      String signed = target.isEmpty() ? "nothing" : target.get().sha256().hex();
      throw new UnsignedDocument(path, digest, signed);
    }
  }

  /** All paths below {@code prefix} that the metadata names. */
  public synchronized List<String> list(String prefix) throws Refusal, IOException {
    return trusted == null ? List.of() : new ArrayList<>(trusted.list(prefix).keySet());
  }

  /** The trusted version of every role, for status and reports. */
  public synchronized Map<String, Long> versions() {
    return trusted == null ? Map.of() : trusted.versions();
  }

  /** The digest of the root in use. */
  public synchronized Optional<Digest> rootDigest() {
    return Optional.ofNullable(trusted).map(TrustedTargets::rootDigest);
  }

  /** The digest of the complete set of metadata on disk, as it was verified or written. */
  public synchronized Optional<Digest> setDigest() {
    return Optional.ofNullable(trusted).flatMap(TrustedTargets::setDigest);
  }

  /**
   * The document at {@code path}, from the repository when the device does not hold it.
   *
   * @throws Refusal when metadata does not name it, or other bytes came
   */
  public byte[] get(String path) throws Refusal, IOException, InterruptedException {
    TrustedTargets now = now();
    TargetFile target = named(now, path);
    Optional<byte[]> held = held(target);
    if (held.isPresent()) {
      return held.get();
    }
    asking.lockInterruptibly();
    try {
      return first(place -> fetch(place.files(), now, target), 0);
    } finally {
      asking.unlock();
    }
  }

  private synchronized Optional<byte[]> held(TargetFile target) throws IOException, Refusal {
    return cache.find(target.sha256(), Math.toIntExact(target.length()));
  }

  private synchronized void keep(TargetFile target, byte[] content) throws IOException, Refusal {
    cache.keep(target.sha256(), content);
  }

  private static byte[] ask(SmallFiles files, String path, int length)
      throws Refusal, IOException, InterruptedException {
    try {
      return files.get(path, length);
    } catch (FetchRefusal refused) {
      throw refused.later();
    }
  }

  private byte[] fetch(SmallFiles files, TrustedTargets targets, TargetFile target)
      throws Refusal, IOException, InterruptedException {
    int length = Math.toIntExact(target.length());
    Optional<byte[]> held = held(target);
    if (held.isPresent()) {
      return held.get();
    }
    byte[] content = ask(files, TARGETS + targets.urlPath(target), length);
    target.accept(content);
    keep(target, content);
    return content;
  }
}
