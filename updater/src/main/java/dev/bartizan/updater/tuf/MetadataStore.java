// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The metadata a device has accepted, to the byte: one file per role, {@code "root.json"}, every
 * root under its version, and one file with the last complete set.
 *
 * <p>The single files follow the specification: each is replaced as soon as its successor is
 * accepted, so that no version is ever forgotten. In the middle of a refresh they are of different
 * ages; what a device serves from while it is offline is therefore the last complete set, which
 * changes as a whole.
 */
public final class MetadataStore {
  private static final String ROOTS = "root_history";
  private static final String ROOT_FILE = "." + RoleName.ROOT.fileName();

  private final Disk disk;
  private final String directory;

  /**
   * @param directory below the state directory, {@code "tuf"}; empty for the state directory itself
   */
  public MetadataStore(Disk disk, String directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /**
   * The stored file of {@code role}.
   *
   * @throws TufRefusal TOO_LONG when it is longer than {@code limit}, which we never stored
   */
  Optional<byte[]> find(RoleName role, int limit) throws IOException, TufRefusal {
    return read(role, fileOf(role), limit);
  }

  /** Whether the file of {@code role} is {@code raw} to the byte, or is not there at all. */
  boolean isKept(RoleName role, Bytes raw) throws IOException {
    FileName file = fileOf(role);
    return disk.size(file).isEmpty() || holds(file, raw.toArray());
  }

  /** Whether there is any file of {@code role}. */
  boolean isThere(RoleName role) throws IOException {
    return disk.size(fileOf(role)).isPresent();
  }

  /** Durably replaces the file of {@code role}; writes nothing when it is the same already. */
  void keep(RoleName role, Bytes raw) throws IOException {
    replace(fileOf(role), raw.toArray());
  }

  /** Durably removes the file of {@code role}. */
  void forget(RoleName role) throws IOException {
    if (disk.size(fileOf(role)).isPresent()) {
      DurableFile.delete(disk, fileOf(role));
    }
  }

  /** The root that was kept as {@code version}, whatever it is now. */
  Optional<byte[]> findRoot(long version) throws IOException, TufRefusal {
    return read(RoleName.ROOT, rootFile(version), Limits.ROOT_BYTES);
  }

  /** Durably keeps an accepted root under its version, so that its successors can be verified. */
  void keepRoot(Root root) throws IOException {
    replace(rootFile(root.version()), root.raw().toArray());
  }

  /** Whether a root is kept, to the byte. */
  boolean holdsRoot(Root root) throws IOException {
    return holds(rootFile(root.version()), root.raw().toArray());
  }

  /** The version of the oldest root that is kept. */
  OptionalLong oldestRoot() throws IOException {
    return disk.list(directoryOfRoots()).stream()
        .map(FileName::last)
        .filter(name -> name.matches("[1-9][0-9]{0,15}[.]root[.]json"))
        .mapToLong(name -> Long.parseLong(name.substring(0, name.length() - ROOT_FILE.length())))
        .min();
  }

  /** Durably removes all roots that are kept. */
  void forgetRoots() throws IOException {
    for (FileName file : disk.list(directoryOfRoots())) {
      disk.delete(file);
    }
    disk.syncDirectory(directoryOfRoots());
  }

  /**
   * Durably replaces the last complete set, all roles at once.
   *
   * @return the digest of the file
   */
  Digest keepLastGood(Map<RoleName, Bytes> files) throws IOException {
    byte[] set = MetadataSet.encode(files);
    replace(file(MetadataSet.FILE), set);
    return Digest.of(set);
  }

  /**
   * The last complete set.
   *
   * @throws TufRefusal MALFORMED when it is not what we wrote
   */
  Optional<Map<RoleName, Bytes>> findLastGood() throws IOException, TufRefusal {
    Optional<byte[]> stored = read(RoleName.ROOT, file(MetadataSet.FILE), Limits.LAST_GOOD_BYTES);
    return stored.isEmpty() ? Optional.empty() : Optional.of(MetadataSet.decode(stored.get()));
  }

  private Optional<byte[]> read(RoleName role, FileName file, int limit)
      throws IOException, TufRefusal {
    Optional<Long> size = disk.size(file);
    if (size.isPresent() && size.get() > limit) {
      throw new TufRefusal(Code.TOO_LONG, role, limit + " bytes", size.get() + " in " + file);
    }
    return disk.read(file, limit);
  }

  /** Flash wears out: the same bytes are not written twice. */
  private void replace(FileName file, byte[] content) throws IOException {
    if (!holds(file, content)) {
      DurableFile.replace(disk, file, content);
    }
  }

  private boolean holds(FileName file, byte[] content) throws IOException {
    return disk.size(file).equals(Optional.of((long) content.length))
        && disk.read(file, content.length).filter(old -> Arrays.equals(old, content)).isPresent();
  }

  /** Where the file of {@code role} is below the state directory, for people. */
  String pathOf(RoleName role) {
    return fileOf(role).path();
  }

  String pathOfRoot(long version) {
    return rootFile(version).path();
  }

  private FileName rootFile(long version) {
    return file(ROOTS + "/" + version + ROOT_FILE);
  }

  private String directoryOfRoots() {
    return directory.isEmpty() ? ROOTS : directory + "/" + ROOTS;
  }

  private FileName fileOf(RoleName role) {
    return file(role.fileName());
  }

  private FileName file(String name) {
    return FileName.of(directory.isEmpty() ? name : directory + "/" + name);
  }
}
