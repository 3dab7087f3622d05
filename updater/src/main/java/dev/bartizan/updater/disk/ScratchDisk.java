// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A directory in memory, for a look that must leave no trace. For one thread. */
public final class ScratchDisk implements Disk {
  /** Enough for all metadata a client accepts. */
  private static final long ROOM = 64 << 20;

  private final Map<String, byte[]> files = new TreeMap<>();

  @Override
  public Optional<byte[]> read(FileName name, int limit) throws IOException {
    byte[] content = files.get(name.path());
    if (content != null && content.length > limit) {
      throw new IOException(name + ": longer than " + limit + " bytes");
    }
    return Optional.ofNullable(content).map(byte[]::clone);
  }

  @Override
  public Input open(FileName name) throws IOException {
    byte[] content = existing(name);
    return new Input() {
      @Override
      public long size() {
        return content.length;
      }

      @Override
      public int read(long position, ByteBuffer target) {
        int from = (int) Math.min(position, content.length);
        int length = Math.min(target.remaining(), content.length - from);
        target.put(content, from, length);
        return length;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Output create(FileName name) {
    files.put(name.path(), new byte[0]);
    return new End(name);
  }

  @Override
  public Output append(FileName name) {
    files.putIfAbsent(name.path(), new byte[0]);
    return new End(name);
  }

  @Override
  public Optional<Long> size(FileName name) {
    return Optional.ofNullable(files.get(name.path())).map(content -> (long) content.length);
  }

  @Override
  public void rename(FileName from, FileName to) throws IOException {
    files.put(to.path(), existing(from));
    files.remove(from.path());
  }

  @Override
  public void delete(FileName name) {
    files.remove(name.path());
  }

  @Override
  public void deleteTree(String directory) {
    files.keySet().removeIf(name -> name.startsWith(directory + "/"));
  }

  @Override
  public void syncDirectory(String directory) {}

  @Override
  public List<FileName> list(String directory) {
    return files.keySet().stream()
        .map(FileName::of)
        .filter(name -> name.directory().equals(directory))
        .toList();
  }

  @Override
  public List<String> directories() {
    return files.keySet().stream()
        .filter(name -> name.contains("/"))
        .map(name -> name.substring(0, name.indexOf('/')))
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public void reserve(FileName name, long length) throws IOException {
    if (length - existing(name).length > usableBytes()) {
      throw new IOException("no room for " + length + " bytes in memory");
    }
  }

  @Override
  public long usableBytes() {
    return ROOM - files.values().stream().mapToLong(content -> content.length).sum();
  }

  private byte[] existing(FileName name) throws FileNotFoundException {
    byte[] content = files.get(name.path());
    if (content == null) {
      throw new FileNotFoundException(name.path());
    }
    return content;
  }

  /** The end of a file. */
  private final class End implements Output {
    private final FileName name;

    End(FileName name) {
      this.name = name;
    }

    @Override
    public long size() throws IOException {
      return existing(name).length;
    }

    @Override
    public void write(ByteBuffer content) throws IOException {
      byte[] before = existing(name);
      if (content.remaining() > usableBytes()) {
        throw new IOException("no room for " + content.remaining() + " bytes in memory");
      }
      byte[] after = Arrays.copyOf(before, before.length + content.remaining());
      content.get(after, before.length, content.remaining());
      files.put(name.path(), after);
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
