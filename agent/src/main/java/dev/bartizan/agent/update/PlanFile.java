// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;

/**
 * Where the plan of the deployment under way lies: durable before the journal says that it has been
 * planned, gone when its end is acknowledged.
 */
public final class PlanFile {
  static final FileName NAME = FileName.of("plan");

  private final Disk disk;

  public PlanFile(Disk disk) {
    this.disk = disk;
  }

  void write(WrittenPlan plan) throws IOException {
    DurableFile.replace(disk, NAME, plan.encode());
  }

  /**
   * What was planned for a deployment.
   *
   * @throws PlanRefusal MISSING, UNREADABLE or FOREIGN
   */
  WrittenPlan read(String deployment) throws IOException, PlanRefusal {
    long length =
        disk.size(NAME)
            .orElseThrow(() -> new PlanRefusal(PlanRefusal.Code.MISSING, "plan: there is none"));
    if (length > WrittenPlan.MAX_LENGTH) {
      throw new PlanRefusal(PlanRefusal.Code.UNREADABLE, "plan: " + length + " bytes");
    }
    byte[] file =
        disk.read(NAME, WrittenPlan.MAX_LENGTH)
            .orElseThrow(() -> new PlanRefusal(PlanRefusal.Code.MISSING, "plan: there is none"));
    WrittenPlan plan = WrittenPlan.decode(file);
    if (!plan.deployment().equals(deployment)) {
      throw new PlanRefusal(PlanRefusal.Code.FOREIGN, "plan: it is for another deployment");
    }
    return plan;
  }

  /** The deployment has ended; twice is once. */
  public void remove() throws IOException {
    if (disk.size(NAME).isPresent()) {
      DurableFile.delete(disk, NAME);
    }
  }
}
