// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Checksum;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.release.SilenceRule;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.FormatRefusal;
import dev.bartizan.updater.software.Commitment;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The verifier's silence as it is kept: the file {@code silence}. */
final class SilenceRecord {
  static final FileName FILE = FileName.of("silence");

  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-silence", 1);
  private static final int MAX_LENGTH = 512;
  private static final long MAX_SECONDS = Duration.ofDays(36_500).toSeconds();

  private final Disk disk;

  SilenceRecord(Disk disk) {
    this.disk = disk;
  }

  /**
   * What has been counted.
   *
   * @param unanswered so many reports in a row
   * @param during so long, of the time in which the device was on
   */
  record Count(int unanswered, Duration during) {
    static final Count NONE = new Count(0, Duration.ZERO);
  }

  /**
   * What is kept; nothing was counted where there is no file.
   *
   * @return empty when it is damaged
   */
  Optional<Count> read() throws IOException, FormatRefusal {
    Optional<byte[]> stored = disk.read(FILE, MAX_LENGTH);
    if (stored.isEmpty()) {
      return Optional.of(Count.NONE);
    }
    try {
      return Optional.of(parse(stored.get()));
    } catch (Malformed damaged) {
      return Optional.empty();
    }
  }

  private static Count parse(byte[] file) throws Malformed, FormatRefusal {
    byte[] json =
        Checksum.LAST_LINE.strip(file).orElseThrow(() -> new Malformed("is not as it was written"));
    JsonFields fields = StrictJson.read(json, MAX_LENGTH, FILE.path());
    FORMAT.accept(fields.findText("schema", DocumentFormat.MAX_TEXT), FILE.path());
    long unanswered = fields.number("unanswered");
    long seconds = fields.number("seconds");
    if (unanswered > SilenceRule.MAX_REPORTS || seconds > MAX_SECONDS) {
      throw new Malformed("counts more than anybody counts");
    }
    return new Count((int) unanswered, Duration.ofSeconds(seconds));
  }

  void write(Count count) throws IOException {
    ObjectNode json =
        StrictJson.object()
            .put("schema", FORMAT.text(new Commitment(disk).toWrite(FORMAT)))
            .put("unanswered", count.unanswered())
            .put("seconds", Math.min(count.during().toSeconds(), MAX_SECONDS));
    DurableFile.replace(disk, FILE, Checksum.LAST_LINE.append(StrictJson.write(json)));
  }
}
