// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.protocol.evidence.Evidence;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where this device has the logs of its boot. No log is no evidence: whoever judges says "unknown"
 * to that, and must.
 *
 * @param firmware {@code binary_bios_measurements}, or a copy
 * @param userspace systemd's {@code tpm2-measure.log}, or a copy
 */
@TouchesTheWorld("the logs of firmware and of systemd")
public record LogFiles(Path firmware, Path userspace) {
  /** systemd sets it while it has measured what it has not yet logged. */
  private static final int STICKY = 01000;

  /** What is there now; one that grows while it is read is read again by whoever notices. */
  public BootLogs read() throws IOException {
    return new BootLogs(read(firmware), isIncomplete() ? Optional.empty() : read(userspace));
  }

  private static Optional<Bytes> read(Path log) throws IOException {
    if (!Files.isRegularFile(log) || !Files.isReadable(log)) {
      return Optional.empty();
    }
    // Files in securityfs claim to have no length; the limit is on what is read.
    try (InputStream in = Files.newInputStream(log)) {
      byte[] content = in.readNBytes(Evidence.MAX_BOOT_LOG + 1);
      return content.length == 0 || content.length > Evidence.MAX_BOOT_LOG
          ? Optional.empty()
          : Optional.of(Bytes.of(content));
    }
  }

  private boolean isIncomplete() throws IOException {
    return Files.exists(userspace)
        && ((int) Files.getAttribute(userspace, "unix:mode") & STICKY) != 0;
  }
}
