// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.bundle;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.bundle.BundleRefusal.Reason;
import dev.bartizan.updater.fetch.Transport;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.jspecify.annotations.Nullable;

/**
 * A bundle: a tar archive in zstd frames, each file under the path by which a server would have it.
 *
 * <p>It answers as a server does. The archive has no index that could be believed, so a file is
 * found by reading on from where the last answer ended, or anew from the start: one pass for who
 * asks in the order of the archive, and for who asks for a file piece by piece.
 */
public final class Bundle implements Transport, Closeable {
  private static final int WHOLE = 200;
  private static final int PART = 206;
  private static final int ABSENT = 404;
  private static final int ENTRIES_MAX = 1 << 16;

  /** Artifacts do not compress, and metadata is small. */
  private static final long UNPACKED_MIN = 64L << 20;

  private static final int UNPACKED_FACTOR = 8;

  private final Path file;
  private final long unpackedMax;
  private final Map<String, Long> lengths;
  private @Nullable Cursor cursor;

  /** Where reading has got to: in which file, and how far. */
  private static final class Cursor {
    private final BundleStream stream;
    private String path = "";
    private long position;

    Cursor(BundleStream stream) {
      this.stream = stream;
    }
  }

  private Bundle(Path file, long unpackedMax, Map<String, Long> lengths) {
    this.file = file;
    this.unpackedMax = unpackedMax;
    this.lengths = Map.copyOf(lengths);
  }

  /**
   * Looks through all of a bundle.
   *
   * @throws BundleRefusal when it cannot be used
   * @throws IOException when the file is not there, or cannot be read
   */
  @TouchesTheWorld("reads the bundle that somebody named")
  public static Bundle open(Path file) throws IOException, BundleRefusal {
    long unpackedMax = UNPACKED_MIN + UNPACKED_FACTOR * Files.size(file);
    Map<String, Long> lengths = new HashMap<>();
    try (BundleStream stream = new BundleStream(file, unpackedMax)) {
      for (TarArchiveEntry entry = stream.next(); entry != null; entry = stream.next()) {
        if (lengths.size() == ENTRIES_MAX) {
          throw new BundleRefusal(
              Reason.BUNDLE_TOO_LARGE, file, "holds more than " + ENTRIES_MAX + " files", null);
        }
        if (lengths.put(entry.getName(), entry.getSize()) != null) {
          throw new BundleRefusal(
              Reason.BUNDLE_MALFORMED, file, "holds " + entry.getName() + " twice", null);
        }
      }
    }
    if (lengths.isEmpty()) {
      throw new BundleRefusal(Reason.BUNDLE_MALFORMED, file, "holds no files", null);
    }
    return new Bundle(file, unpackedMax, lengths);
  }

  /** Its file. */
  public Path file() {
    return file;
  }

  @Override
  public synchronized Response get(String path, long offset, long count) throws IOException {
    Long length = lengths.get(path);
    if (length == null) {
      return new Response(ABSENT, 0, OptionalLong.empty(), new ByteArrayInputStream(new byte[0]));
    }
    long start = Math.min(offset, length);
    InputStream body = new Body(at(path, start), Math.min(count, length - start));
    return new Response(start == 0 ? WHOLE : PART, start, OptionalLong.of(length), body);
  }

  private Cursor at(String path, long position) throws IOException {
    Cursor here = cursor;
    if (here == null || !here.path.equals(path) || here.position > position) {
      here = find(path);
    }
    here.stream.content().skipNBytes(position - here.position);
    here.position = position;
    return here;
  }

  private Cursor find(String path) throws IOException {
    Cursor here = cursor;
    // From here on first: who asks in the order of the archive reads it once.
    if (here != null && isReached(here, path)) {
      return here;
    }
    close();
    Cursor anew = new Cursor(new BundleStream(file, unpackedMax));
    cursor = anew;
    if (!isReached(anew, path)) {
      throw new IOException(file + ": was changed while it was read");
    }
    return anew;
  }

  private static boolean isReached(Cursor cursor, String path) throws IOException {
    try {
      TarArchiveEntry entry = cursor.stream.next();
      while (entry != null && !entry.getName().equals(path)) {
        entry = cursor.stream.next();
      }
      cursor.path = path;
      cursor.position = 0;
      return entry != null;
    } catch (BundleRefusal changed) {
      throw new IOException(changed.getMessage(), changed);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (cursor != null) {
      cursor.stream.close();
      cursor = null;
    }
  }

  /** A stretch of the file at the cursor, which moves on with it. */
  private static final class Body extends InputStream {
    private final Cursor from;
    private final String path;
    private long left;

    Body(Cursor from, long length) {
      this.from = from;
      this.path = from.path;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (!from.path.equals(path)) {
        throw new IOException(path + ": something else of the bundle has been asked for meanwhile");
      }
      if (left == 0) {
        return -1;
      }
      int count = from.stream.content().read(target, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new IOException(path + ": ends before its end");
      }
      from.position += count;
      left -= count;
      return count;
    }
  }
}
