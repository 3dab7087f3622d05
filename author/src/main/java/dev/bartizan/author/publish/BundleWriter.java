// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import com.github.luben.zstd.ZstdOutputStream;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.disk.OutputFile;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Copies files of a repository into a bundle, for devices that no network reaches: a tar archive in
 * a zstd frame, each file under the path that a server would have it under.
 *
 * <p>The bundle appears under its name when it is complete and on the disk. The same files and keys
 * give the same bytes.
 */
public final class BundleWriter implements Closeable {
  private static final int LEVEL = 3;
  private static final int BUFFER = 1 << 16;

  private final Path repository;
  private final Path name;
  private final OutputFile target;
  private final CountedStream counted;
  private final TarArchiveOutputStream tar;
  private final Set<String> written = new HashSet<>();

  /**
   * @param repository the directory that is served
   */
  @TouchesTheWorld("writes the bundle that somebody named")
  public BundleWriter(Path repository, Path target) throws IOException {
    this.repository = repository;
    this.name = target;
    this.target = OutputFile.create(target);
    this.counted = new CountedStream(new BufferedOutputStream(this.target.stream(), BUFFER));
    ZstdOutputStream zstd = new ZstdOutputStream(counted, LEVEL);
    zstd.setChecksum(true);
    this.tar = new TarArchiveOutputStream(zstd, "UTF-8");
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
  }

  /** Everything below a folder of the repository, if there is one; in the order of names. */
  @TouchesTheWorld("reads the repository")
  public void addAll(String folder) throws IOException {
    Path below = repository.resolve(folder);
    if (!Files.isDirectory(below)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> found = Files.walk(below)) {
      files = found.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      add(repository.relativize(file).toString());
    }
  }

  /**
   * One file of the repository; twice is once.
   *
   * @throws IOException also when it is the one that the bundle is to take the place of
   */
  @TouchesTheWorld("reads the repository")
  public void add(String path) throws IOException {
    if (!written.add(path)) {
      return;
    }
    Path file = repository.resolve(path);
    OutputFile.requireOther(name, file);
    begin(path, Files.size(file));
    Files.copy(file, tar);
    tar.closeArchiveEntry();
  }

  /** One that no server has: what is for these devices alone. */
  public void add(String path, Bytes content) throws IOException {
    if (!written.add(path)) {
      throw new IOException(path + ": is in the bundle already");
    }
    begin(path, content.length());
    tar.write(content.toArray());
    tar.closeArchiveEntry();
  }

  private void begin(String path, long length) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path);
    entry.setSize(length);
    entry.setModTime(0);
    tar.putArchiveEntry(entry);
  }

  /**
   * Completes the bundle.
   *
   * @return its length in bytes
   */
  @TouchesTheWorld("writes the bundle that somebody named")
  public long finish() throws IOException {
    tar.close();
    target.commit();
    return counted.count();
  }

  /** How many files are in it. */
  public int count() {
    return written.size();
  }

  /** Leaves nothing behind of a bundle that was not finished. */
  @Override
  @TouchesTheWorld("deletes what is not complete")
  public void close() throws IOException {
    try (target) {
      tar.close();
    }
  }

  /** Counts, and leaves the file open when it is closed: the file is not durable then. */
  private static final class CountedStream extends FilterOutputStream {
    private long count;

    CountedStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int octet) throws IOException {
      out.write(octet);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count += length;
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }

    long count() {
      return count;
    }
  }
}
