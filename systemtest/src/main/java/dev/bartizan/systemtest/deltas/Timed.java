// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What one run of a program took, as the kernel accounts for it.
 *
 * @param seconds on the clock
 * @param cpuSeconds of all cores together, start of the process included
 * @param peakKib the most memory it ever held
 */
@TouchesTheWorld("starts processes under GNU time")
record Timed(double seconds, double cpuSeconds, long peakKib) {
  private static final Duration LONGEST = Duration.ofHours(1);

  Timed plus(Timed other) {
    return new Timed(
        seconds + other.seconds, cpuSeconds + other.cpuSeconds, Math.max(peakKib, other.peakKib));
  }

  /** Runs a program that has to succeed. */
  static Timed run(List<String> command) throws IOException, InterruptedException {
    Path account = Files.createTempFile("timed", ".account");
    Path log = Files.createTempFile("timed", ".log");
    try {
      List<String> all = new ArrayList<>(List.of("/usr/bin/time", "-q", "-f", "%e %U %S %M"));
      all.addAll(List.of("-o", account.toString()));
      all.addAll(command);
      Process process =
          new ProcessBuilder(all)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IOException(command + ": still running after " + LONGEST.toMinutes() + " min");
      }
      if (process.exitValue() != 0) {
        String said = Files.readString(log, StandardCharsets.UTF_8).strip();
        throw new IOException(command + ": exit code " + process.exitValue() + ": " + said);
      }
      return parse(Files.readString(account, StandardCharsets.UTF_8));
    } finally {
      Files.deleteIfExists(account);
      Files.deleteIfExists(log);
    }
  }

  static Timed parse(String account) {
    String[] fields = account.strip().split(" ", -1);
    return new Timed(
        Double.parseDouble(fields[0]),
        Double.parseDouble(fields[1]) + Double.parseDouble(fields[2]),
        Long.parseLong(fields[3]));
  }
}
