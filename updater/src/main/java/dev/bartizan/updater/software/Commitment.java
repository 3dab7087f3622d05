// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DocumentFormat;
import java.io.IOException;

/**
 * Whether the version of the agent that runs is there to stay. Until it is, it writes what the one
 * before can read, since that one may be started again at any moment.
 */
public final class Commitment {
  private final Disk disk;

  public Commitment(Disk disk) {
    this.disk = disk;
  }

  /** The version of {@code format} to write now, by what the launch record says at this moment. */
  public int toWrite(DocumentFormat format) throws IOException {
    LaunchRecord record = new AgentVersions(disk).record();
    return format.toWrite(!record.isOnTrial() || record.fallen().isPresent());
  }
}
