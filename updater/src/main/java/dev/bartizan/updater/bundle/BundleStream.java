// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.bundle;

import com.github.luben.zstd.ZstdInputStream;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.bundle.BundleRefusal.Reason;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/** A bundle read from its start on, entry by entry. */
final class BundleStream implements Closeable {
  /** Whoever makes a bundle needs no wider window, and it is memory of the device's. */
  static final int WINDOW_LOG_MAX = 23;

  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final RawFile raw;
  private final Unpacked unpacked;
  private final TarArchiveInputStream tar;

  @TouchesTheWorld("reads the bundle that somebody named")
  BundleStream(Path file, long unpackedMax) throws IOException {
    this.file = file;
    this.raw = new RawFile(Files.newInputStream(file));
    try {
      ZstdInputStream zstd =
          new ZstdInputStream(new BufferedInputStream(raw, BUFFER)).setLongMax(WINDOW_LOG_MAX);
      this.unpacked = new Unpacked(zstd, unpackedMax);
      this.tar = new TarArchiveInputStream(unpacked);
    } catch (IOException | RuntimeException unusable) {
      raw.close();
      throw unusable;
    }
  }

  /** The next file, whose content {@link #content} then has; null at the end. */
  @Nullable TarArchiveEntry next() throws IOException, BundleRefusal {
    try {
      TarArchiveEntry entry = tar.getNextEntry();
      if (entry != null && (!isPlain(entry) || entry.isSparse())) {
        throw malformed("holds " + entry.getName() + ", which is no plain file", null);
      }
      if (entry == null) {
        // The archive's end is not the file's: what follows must unpack, and count.
        unpacked.transferTo(OutputStream.nullOutputStream());
      }
      return entry;
    } catch (IOException | RuntimeException broken) {
      throw explain(broken);
    }
  }

  /** The library calls everything a file that is no directory. */
  private static boolean isPlain(TarArchiveEntry entry) {
    byte kind = entry.getLinkFlag();
    return kind == TarConstants.LF_NORMAL || kind == TarConstants.LF_OLDNORM;
  }

  /** The content of the entry that {@link #next} gave. */
  InputStream content() {
    return tar;
  }

  /** A stick that was pulled out is no malformed bundle. */
  private BundleRefusal explain(Exception broken) throws IOException {
    if (raw.trouble != null) {
      throw raw.trouble;
    }
    if (unpacked.isOver()) {
      return new BundleRefusal(
          Reason.BUNDLE_TOO_LARGE, file, "unpacks to more than a bundle of its length can", broken);
    }
    return malformed("is no tar archive in zstd frames, or is cut off", broken);
  }

  private BundleRefusal malformed(String detail, @Nullable Throwable cause) {
    return new BundleRefusal(Reason.BUNDLE_MALFORMED, file, detail, cause);
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  /** Remembers when it was the file that could not be read. */
  private static final class RawFile extends FilterInputStream {
    private @Nullable IOException trouble;

    RawFile(InputStream file) {
      super(file);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (IOException unreadable) {
        trouble = unreadable;
        throw unreadable;
      }
    }
  }

  /** Ends a bomb. */
  private static final class Unpacked extends FilterInputStream {
    private long left;

    Unpacked(InputStream content, long most) {
      super(content);
      this.left = most;
    }

    boolean isOver() {
      return left < 0;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      left -= Math.max(0, count);
      if (left < 0) {
        throw new IOException("too much");
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      byte[] away = new byte[(int) Math.min(BUFFER, Math.max(1, count))];
      int read = read(away, 0, (int) Math.min(away.length, count));
      return Math.max(0, read);
    }
  }
}
