// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.LogFiles;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.FileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process sees of its machine from where it runs. The daemon's sandbox hides some of it: a
 * command that looks from outside would find in order what the daemon does without.
 */
@TouchesTheWorld("the state directory's file system, logs of the boot, /proc")
public final class Surroundings {
  private static final long LITTLE_SPACE = 256L << 20;
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private final Path stateDirectory;
  private final LogFiles logs;

  /**
   * @param device where the configuration says that it keeps its state, and has the logs of a boot
   */
  public Surroundings(AgentConfig.Device device) {
    this.stateDirectory = device.stateDirectory();
    this.logs = device.bootLogs();
  }

  /**
   * One thing that was looked at.
   *
   * @param subject stable: {@code disk}
   * @param advice what to do about it where it is not good; empty when nothing is known
   */
  public record Sight(String subject, Verdict verdict, String found, String advice) {}

  /** Looks at everything now. */
  public List<Sight> examine() {
    return List.of(disk(), logs(), processor());
  }

  /** As the control socket tells it. */
  public byte[] toJson() {
    var document = StrictJson.object();
    ArrayNode sights = document.putArray("sights");
    for (Sight sight : examine()) {
      sights
          .addObject()
          .put("subject", sight.subject())
          .put("verdict", sight.verdict().text())
          .put("found", sight.found())
          .put("advice", sight.advice());
    }
    return StrictJson.write(document);
  }

  private Sight disk() {
    String advice = "free some space below " + stateDirectory;
    try {
      long free = FileSystem.usableBytes(stateDirectory);
      return free < LITTLE_SPACE
          ? new Sight(
              "disk",
              Verdict.BAD,
              (free >> 20) + " MiB free, less than " + (LITTLE_SPACE >> 20),
              advice)
          : new Sight("disk", Verdict.GOOD, (free >> 20) + " MiB free", "");
    } catch (IOException untold) {
      return new Sight("disk", Verdict.BAD, String.valueOf(untold.getMessage()), advice);
    }
  }

  private Sight logs() {
    Path firmware = logs.firmware();
    if (Files.isReadable(firmware)) {
      return new Sight("event log", Verdict.GOOD, firmware + " is readable", "");
    }
    return new Sight(
        "event log",
        Verdict.UNKNOWN,
        firmware + (Files.exists(firmware) ? " is not readable" : " is not there"),
        "bartizan-eventlog.service copies it, where the firmware wrote one");
  }

  /** The model runtime asks the kernel which instructions the processor has. */
  private static Sight processor() {
    return Files.isReadable(PROCESSOR)
        ? new Sight("processor", Verdict.GOOD, PROCESSOR + " is readable", "")
        : new Sight(
            "processor",
            Verdict.UNKNOWN,
            PROCESSOR + " is not shown: models may run slower",
            "take ProcSubset=pid out of the unit's drop-in");
  }
}
