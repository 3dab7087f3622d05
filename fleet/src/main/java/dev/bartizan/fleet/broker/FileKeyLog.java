// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code key-log.jsonl}: a line for each entry, {@code {"number":…,"previous":…,…}}; the digest of
 * an entry is that of its line. Lines are added, never changed. A line that was cut short by a
 * crash is none: its key never went, and the next entry takes its place.
 */
@TouchesTheWorld("appends to a file")
public final class FileKeyLog implements KeyLog {
  private static final String FILE = "key-log.jsonl";
  private static final int MAX_LINE = 4096;

  private final SharedDirectory directory;

  public FileKeyLog(SharedDirectory directory) {
    this.directory = directory;
  }

  /**
   * What reading came to.
   *
   * @param length of all whole lines, in bytes
   */
  private record Contents(Verified verified, long length) {}

  @Override
  public void add(KeyRelease given) throws IOException, Refusal {
    directory.exclusively(
        () -> {
          Contents before = read();
          ObjectNode line =
              StrictJson.object()
                  .put("number", before.verified().entries().size())
                  .put("previous", before.verified().head().hex());
          line.setAll(given.toJson());
          append(before.length(), StrictJson.write(line));
          return given;
        });
  }

  @Override
  public Verified verified() throws IOException, Refusal {
    return read().verified();
  }

  private Contents read() throws IOException, Refusal {
    Path file = directory.path(FILE);
    List<KeyRelease> entries = new ArrayList<>();
    Digest head = BEGINNING;
    long length = 0;
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return new Contents(new Verified(entries, head), length);
    }
    long size = Files.size(file);
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (length + line.length() + 1 > size) {
          break; // Cut short.
        }
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        entries.add(entry(file, bytes, entries.size(), head));
        head = Digest.of(bytes);
        length += bytes.length + 1L;
      }
    }
    return new Contents(new Verified(entries, head), length);
  }

  private static KeyRelease entry(Path file, byte[] line, long number, Digest previous)
      throws KeyLogBroken {
    try {
      JsonFields fields = StrictJson.read(line, MAX_LINE, "entry");
      if (fields.number("number") != number || !fields.digest("previous").equals(previous)) {
        throw new KeyLogBroken(file, number, "does not follow from the one before");
      }
      return KeyRelease.read(fields);
    } catch (Malformed damaged) {
      throw new KeyLogBroken(file, number, "cannot be read: " + damaged.getMessage());
    }
  }

  private void append(long at, byte[] line) throws IOException {
    Path file = directory.path(FILE);
    boolean isNew = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    try (FileChannel out =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      out.truncate(at);
      ByteBuffer whole = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
      for (long next = at; whole.hasRemaining(); ) {
        next += out.write(whole, next);
      }
      out.force(true);
    }
    if (isNew) {
      try (FileChannel entries = FileChannel.open(directory.path(""), StandardOpenOption.READ)) {
        entries.force(true);
      }
    }
  }
}
