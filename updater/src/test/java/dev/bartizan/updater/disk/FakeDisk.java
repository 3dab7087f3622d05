// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A strict disk in memory that can lose power, fail and fill up at any call that changes something.
 *
 * <p>It keeps what programs see (live) apart from what a power cut is sure to leave (durable). A
 * file's content and a file's name become durable separately, as POSIX has it: a synced file whose
 * directory was not synced may be gone, and a rename within one directory may be there or not.
 * Across directories the new name and the old one survive independently.
 *
 * <p>Plans count changes from 1 at the moment of planning: create, append, write, sync, rename,
 * delete, syncDirectory.
 */
public final class FakeDisk implements Disk {
  private final TreeMap<String, FakeFile> live = new TreeMap<>();
  private final TreeMap<String, FakeFile> durable = new TreeMap<>();

  /** Per name whose directory entry is not synced: what it pointed to since, oldest first. */
  private final TreeMap<String, List<Optional<FakeFile>>> unsynced = new TreeMap<>();

  /** Files that were promised room to grow; forgotten by a power cut. */
  private final Map<FakeFile, Long> reserved = new HashMap<>();

  private long capacity = 1L << 40;
  private int changes;
  private int cutAt = -1;
  private int failAt = -1;
  private int fullFrom = -1;
  private int lostFrom = -1;
  private boolean readable = true;
  private boolean off;

  /** Throws {@link PowerCut} instead of the {@code n}-th change from now, and ever after. */
  public void cutBefore(int n) {
    plan();
    cutAt = n;
  }

  /** Fails the {@code n}-th change from now, once, without effect. */
  public void failAt(int n) {
    plan();
    failAt = n;
  }

  /** From the {@code n}-th change on nothing more can be added; the first write is cut in half. */
  public void fullFrom(int n) {
    plan();
    fullFrom = n;
  }

  /**
   * From the {@code n}-th change on nothing can be changed any more: mounted read-only after an
   * error; or nothing read either, as a card that was pulled.
   */
  public void lostFrom(int n, boolean isReadable) {
    plan();
    lostFrom = n;
    readable = isReadable;
  }

  /** Nothing planned any more; room again. */
  public void behave() {
    plan();
  }

  /** The total bytes the live files may take. */
  public void capacity(long bytes) {
    capacity = bytes;
  }

  private void plan() {
    changes = 0;
    cutAt = -1;
    failAt = -1;
    fullFrom = -1;
    lostFrom = -1;
    readable = true;
  }

  /** Changes made since the last plan. */
  public int changes() {
    return changes;
  }

  /** Power comes back: the disk holds what {@code survival} and the seed leave. */
  public void reboot(Survival survival, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<FakeFile, FakeFile> kept = new HashMap<>();
    TreeMap<String, FakeFile> after = new TreeMap<>();
    for (String name : allNames()) {
      surviving(name, survival, random)
          .map(file -> kept.computeIfAbsent(file, it -> it.surviving(survival, random)))
          .ifPresent(file -> after.put(name, file));
    }
    live.clear();
    live.putAll(after);
    durable.clear();
    durable.putAll(after);
    unsynced.clear();
    reserved.clear();
    plan();
    off = false;
  }

  private Optional<FakeFile> surviving(String name, Survival survival, SplittableRandom random) {
    return switch (survival) {
      case SYNCED_ONLY -> Optional.ofNullable(durable.get(name));
      case EVERYTHING -> Optional.ofNullable(live.get(name));
      case RANDOM_SUBSET -> {
        List<Optional<FakeFile>> candidates = new ArrayList<>();
        candidates.add(Optional.ofNullable(durable.get(name)));
        candidates.addAll(unsynced.getOrDefault(name, List.of()));
        yield candidates.get(random.nextInt(candidates.size()));
      }
    };
  }

  /** An independent disk in the same state, with nothing planned. */
  public FakeDisk copy() {
    FakeDisk copy = new FakeDisk();
    Map<FakeFile, FakeFile> files = new HashMap<>();
    live.forEach((name, file) -> copy.live.put(name, copied(files, file)));
    durable.forEach((name, file) -> copy.durable.put(name, copied(files, file)));
    unsynced.forEach(
        (name, history) ->
            copy.unsynced.put(
                name,
                new ArrayList<>(
                    history.stream().map(it -> it.map(f -> copied(files, f))).toList())));
    copy.capacity = capacity;
    copy.off = off;
    return copy;
  }

  /** Somebody writes another disk over this one. */
  public void become(FakeDisk other) {
    FakeDisk copy = other.copy();
    live.clear();
    live.putAll(copy.live);
    durable.clear();
    durable.putAll(copy.durable);
    unsynced.clear();
    unsynced.putAll(copy.unsynced);
    reserved.clear();
    plan();
    off = false;
  }

  private static FakeFile copied(Map<FakeFile, FakeFile> files, FakeFile file) {
    return files.computeIfAbsent(file, FakeFile::copy);
  }

  /** Flips one bit of the byte at {@code position}, as a bad cell would: no call, no trace. */
  public void flip(FileName name, int position, int mask) {
    existing(name).flip(position, mask);
  }

  /** All live names, sorted. */
  public List<String> names() {
    return List.copyOf(live.keySet());
  }

  @Override
  public Optional<byte[]> read(FileName name, int limit) throws IOException {
    alive();
    there();
    FakeFile file = live.get(name.path());
    if (file == null) {
      return Optional.empty();
    }
    if (file.length() > limit) {
      throw new IOException(name + ": " + file.length() + " bytes, more than " + limit);
    }
    return Optional.of(file.content());
  }

  @Override
  public Input open(FileName name) throws IOException {
    alive();
    there();
    FakeFile file = live.get(name.path());
    if (file == null) {
      throw new NoSuchFileException(name.path());
    }
    return new FakeInput(this, file);
  }

  @Override
  public Output create(FileName name) throws IOException {
    change("create " + name);
    room(0);
    if (live.containsKey(name.path())) {
      point(name.path(), Optional.empty());
    }
    return new FakeOutput(this, named(name));
  }

  @Override
  public Output append(FileName name) throws IOException {
    change("append " + name);
    room(0);
    return new FakeOutput(this, named(name));
  }

  @Override
  public Optional<Long> size(FileName name) {
    alive();
    return Optional.ofNullable(live.get(name.path())).map(file -> (long) file.length());
  }

  @Override
  public void rename(FileName from, FileName to) throws IOException {
    change("rename " + from + " to " + to);
    FakeFile file = live.get(from.path());
    if (file == null) {
      throw new NoSuchFileException(from.path());
    }
    point(from.path(), Optional.empty());
    point(to.path(), Optional.of(file));
  }

  @Override
  public void delete(FileName name) throws IOException {
    change("delete " + name);
    if (live.containsKey(name.path())) {
      point(name.path(), Optional.empty());
    }
  }

  @Override
  public void deleteTree(String directory) throws IOException {
    for (String name : List.copyOf(live.keySet())) {
      if (name.startsWith(directory + "/")) {
        delete(FileName.of(name));
      }
    }
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    change("sync directory " + directory);
    for (String name : allNames()) {
      if (directoryOf(name).equals(directory)) {
        unsynced.remove(name);
        durable.remove(name);
        Optional.ofNullable(live.get(name)).ifPresent(file -> durable.put(name, file));
      }
    }
  }

  @Override
  public List<FileName> list(String directory) {
    alive();
    return live.keySet().stream()
        .filter(name -> directoryOf(name).equals(directory))
        .map(FileName::of)
        .toList();
  }

  @Override
  public List<String> directories() {
    alive();
    return live.keySet().stream()
        .filter(name -> name.contains("/"))
        .map(name -> name.substring(0, name.indexOf('/')))
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public void reserve(FileName name, long length) throws IOException {
    FakeFile file = existing(name);
    if (length <= file.length()) {
      return;
    }
    change("reserve " + name);
    room(length - file.length());
    reserved.merge(file, length, Math::max);
  }

  @Override
  public long usableBytes() {
    alive();
    return isFull() ? 0 : capacity - used();
  }

  private static String directoryOf(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('/')));
  }

  private SortedSet<String> allNames() {
    SortedSet<String> names = new TreeSet<>(live.keySet());
    names.addAll(durable.keySet());
    names.addAll(unsynced.keySet());
    return names;
  }

  private FakeFile existing(FileName name) {
    return Optional.ofNullable(live.get(name.path())).orElseThrow();
  }

  private FakeFile named(FileName name) {
    FakeFile file = live.get(name.path());
    if (file == null) {
      file = new FakeFile();
      point(name.path(), Optional.of(file));
    }
    return file;
  }

  private void point(String name, Optional<FakeFile> file) {
    live.remove(name);
    file.ifPresent(it -> live.put(name, it));
    unsynced.computeIfAbsent(name, it -> new ArrayList<>()).add(file);
  }

  private long used() {
    return live.values().stream().mapToLong(this::allocated).sum();
  }

  private long allocated(FakeFile file) {
    return Math.max(file.length(), reserved.getOrDefault(file, 0L));
  }

  void alive() {
    if (off) {
      throw new PowerCut();
    }
  }

  void change(String what) throws IOException {
    alive();
    changes++;
    if (changes == cutAt) {
      off = true;
      throw new PowerCut();
    }
    if (changes == failAt) {
      throw new IOException("input/output error: " + what);
    }
    there();
    if (isLost()) {
      throw new IOException("read-only file system: " + what);
    }
  }

  private boolean isLost() {
    return lostFrom > 0 && changes >= lostFrom;
  }

  private void there() throws IOException {
    if (isLost() && !readable) {
      throw new IOException("input/output error: no such device");
    }
  }

  private boolean isFull() {
    return fullFrom > 0 && changes >= fullFrom;
  }

  /** What was set aside for a file is its own, and not room for others. */
  void roomFor(FakeFile file, long bytes) throws IOException {
    room(Math.max(0, file.length() + bytes - allocated(file)));
  }

  private void room(long bytes) throws IOException {
    if (isFull() || used() + bytes > capacity) {
      throw new IOException("No space left on device");
    }
  }
}
