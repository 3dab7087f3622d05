// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.updater.software.SlotRefusal.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A slot's directory, looked at as somebody else's: whatever kind of thing lies there may have been
 * put there while this device was off.
 */
@TouchesTheWorld("reads the versions of the agent, which somebody else may have written")
public final class SlotFolder {
  private static final int PIECE = 1 << 20;
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int SET_ID_OR_STICKY = 07000;
  private static final int KIND = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;

  private final Slot slot;
  private final Path home;
  private final int owner;
  private final Supplier<MessageDigest> sha256;

  private SlotFolder(Slot slot, Path home, int owner, Supplier<MessageDigest> sha256) {
    this.slot = slot;
    this.home = home;
    this.owner = owner;
    this.sha256 = sha256;
  }

  /** The directory of {@code slot} in a state directory whose owner all of it has to belong to. */
  public static SlotFolder in(Path state, Slot slot, Supplier<MessageDigest> sha256)
      throws IOException {
    Path home = state.resolve(AgentVersions.DIRECTORY).resolve(slot.text());
    return new SlotFolder(slot, home, (Integer) Files.getAttribute(state, "unix:uid"), sha256);
  }

  /**
   * Insists that exactly these files are there, each of them as it was signed, and nothing else but
   * the mark of completeness and the directories on the way.
   *
   * @throws SlotRefusal NOT_AS_SIGNED naming the first that is not
   */
  public void require(Map<String, SoftwareFile> signed) throws IOException, SlotRefusal {
    requireDirectory(Objects.requireNonNull(home.getParent()));
    requireDirectory(home);
    Set<String> missing = new HashSet<>(signed.keySet());
    Set<String> folders =
        signed.keySet().stream().flatMap(SlotFolder::above).collect(Collectors.toSet());
    Deque<Path> toVisit = new ArrayDeque<>(Set.of(home));
    while (!toVisit.isEmpty()) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(toVisit.pop())) {
        for (Path entry : entries) {
          String path = home.relativize(entry).toString();
          if (folders.contains(path)) {
            requireDirectory(entry);
            toVisit.push(entry);
          } else if (!path.equals(AgentVersions.MARK)) {
            requireFile(path, entry, signed);
            missing.remove(path);
          }
        }
      }
    }
    if (!missing.isEmpty()) {
      throw refuse(missing.stream().sorted().findFirst().orElseThrow(), "is missing");
    }
  }

  private static Stream<String> above(String path) {
    return Stream.iterate(
        path.substring(0, Math.max(0, path.lastIndexOf('/'))),
        it -> !it.isEmpty(),
        it -> it.substring(0, Math.max(0, it.lastIndexOf('/'))));
  }

  private void requireDirectory(Path directory) throws IOException, SlotRefusal {
    requirePrivate(directory, DIRECTORY, "is no directory");
  }

  private void requireFile(String path, Path file, Map<String, SoftwareFile> signed)
      throws IOException, SlotRefusal {
    SoftwareFile expected = signed.get(path);
    if (expected == null) {
      throw refuse(path, "is not among the files that were signed");
    }
    Map<String, Object> found = requirePrivate(file, REGULAR, "is no regular file");
    if (number(found, "nlink") != 1) {
      throw refuse(path, "has another name elsewhere");
    }
    if (number(found, "size") != expected.length()) {
      throw refuse(path, found.get("size") + " bytes, signed are " + expected.length());
    }
    Digest digest = digest(file, expected.length());
    if (!digest.equals(expected.digest())) {
      throw refuse(path, "is " + digest.hex() + ", signed is " + expected.digest().hex());
    }
  }

  /** Ours alone to change, and of the kind it should be; the kind of a link is a link. */
  private Map<String, Object> requirePrivate(Path path, int kind, String otherwise)
      throws IOException, SlotRefusal {
    Map<String, Object> found =
        Files.readAttributes(path, "unix:mode,uid,nlink,size", LinkOption.NOFOLLOW_LINKS);
    int mode = (int) number(found, "mode");
    String name = path.equals(home) ? "the slot" : home.relativize(path).toString();
    if ((mode & KIND) != kind) {
      throw refuse(name, otherwise);
    }
    if ((mode & (WRITABLE_BY_OTHERS | SET_ID_OR_STICKY)) != 0 || number(found, "uid") != owner) {
      String how = Integer.toOctalString(mode & ~KIND) + " of user " + found.get("uid");
      throw refuse(name, "is not the daemon's alone: " + how);
    }
    return found;
  }

  private static long number(Map<String, Object> found, String attribute) {
    return ((Number) Objects.requireNonNull(found.get(attribute))).longValue();
  }

  private Digest digest(Path file, long length) throws IOException {
    MessageDigest hash = sha256.get();
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    try (FileChannel content =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      long left = length;
      for (int count = 0; left > 0 && count >= 0; left -= Math.max(0, count)) {
        count = content.read(piece.clear());
        hash.update(piece.flip());
      }
    }
    return Digest.ofValue(hash.digest());
  }

  private SlotRefusal refuse(String path, String why) {
    return new SlotRefusal(slot, Reason.NOT_AS_SIGNED, path + " " + why);
  }
}
