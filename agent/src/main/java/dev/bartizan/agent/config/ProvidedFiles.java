// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Checksum;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.FormatRefusal;
import dev.bartizan.updater.software.Commitment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files that people put on the device: its configuration, and the roots of trust that come with
 * it. People may change them, so a change is no fault; but the agent remembers what they were when
 * it last started, and says once when one is another.
 *
 * <p>Non-guarantee: who can write them and the state directory can have both agree.
 */
public final class ProvidedFiles {
  private static final FileName RECORD = FileName.of("provided");
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-provided", 1);
  private static final int MAX_LENGTH = 64 * 1024;
  private static final int MAX_FILES = 64;

  private final Disk disk;

  public ProvidedFiles(Disk disk) {
    this.disk = disk;
  }

  /**
   * Compares with what was remembered, and remembers what is there now.
   *
   * @return one line for each file that changed since; none the first time
   */
  public List<String> changes(List<Path> files) throws IOException {
    Map<String, String> now = digests(files);
    byte[] record = encode(now, FORMAT.text(new Commitment(disk).toWrite(FORMAT)));
    Optional<byte[]> before = disk.read(RECORD, MAX_LENGTH);
    if (before.isPresent() && Arrays.equals(before.get(), record)) {
      return List.of();
    }
    List<String> changes = before.isPresent() ? differences(before.get(), now) : List.of();
    DurableFile.replace(disk, RECORD, record);
    return changes;
  }

  private static List<String> differences(byte[] before, Map<String, String> now) {
    try {
      return differences(decode(before), now);
    } catch (FormatRefusal another) {
      // Nothing rests on it but this line: what is there now is remembered.
      return List.of(another.getMessage());
    } catch (Malformed damaged) {
      return List.of(RECORD + ": " + damaged.getMessage());
    }
  }

  private static List<String> differences(Map<String, String> before, Map<String, String> now) {
    List<String> changes = new ArrayList<>();
    now.forEach(
        (file, digest) -> {
          String known = before.getOrDefault(file, "not in use");
          if (!known.equals(digest)) {
            changes.add(
                file + ": changed since the last start: it was " + known + ", now it is " + digest);
          }
        });
    return changes;
  }

  @TouchesTheWorld("reads the files that came with the configuration")
  private static Map<String, String> digests(List<Path> files) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (Path file : files) {
      if (Files.isRegularFile(file)) {
        digests.put(file.toString(), Digest.of(Files.readAllBytes(file)).hex());
      }
    }
    return digests;
  }

  private static byte[] encode(Map<String, String> digests, String format) {
    ObjectNode json = StrictJson.object().put("schema", format);
    ObjectNode files = json.putObject("files");
    digests.forEach(files::put);
    return Checksum.LAST_LINE.append(StrictJson.write(json));
  }

  private static Map<String, String> decode(byte[] record) throws Malformed, FormatRefusal {
    byte[] json =
        Checksum.LAST_LINE
            .strip(record)
            .orElseThrow(() -> new Malformed("is not as it was written"));
    JsonFields fields = StrictJson.read(json, MAX_LENGTH, RECORD.path());
    FORMAT.accept(fields.findText("schema", DocumentFormat.MAX_TEXT), RECORD.path());
    return fields.textMap("files", MAX_FILES, 4096);
  }
}
