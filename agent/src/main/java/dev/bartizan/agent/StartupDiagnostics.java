// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.command.Inbox;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.updater.software.SlotFault;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What opening the agent's parts brought to light, for the agent to tell.
 *
 * @param damage by subject: what was found damaged, and what was done about it
 * @param changes of the files that people put on the device
 * @param notStarted why this version runs and not the one that was chosen
 */
record StartupDiagnostics(
    Map<String, String> damage, List<String> changes, Optional<SlotFault> notStarted) {
  StartupDiagnostics {
    damage = Collections.unmodifiableMap(new LinkedHashMap<>(damage));
    changes = List.copyOf(changes);
  }

  /**
   * @param mended metadata files that were put back from the last complete set
   */
  static StartupDiagnostics of(
      List<String> mended,
      Inbox inbox,
      Outbox outbox,
      TrustedClock clock,
      List<String> changes,
      Optional<SlotFault> notStarted) {
    Map<String, String> damage = new LinkedHashMap<>();
    if (!mended.isEmpty()) {
      damage.put("metadata", "damaged, and put back as accepted: " + String.join(", ", mended));
    }
    if (inbox.wasDamaged()) {
      damage.put("commands", "inbox: damaged or missing: no command given before now is obeyed");
    }
    if (!outbox.lost().isEmpty()) {
      damage.put("outbox", "damaged, and not sent: " + String.join(", ", outbox.lost()));
    }
    if (clock.wasDamaged()) {
      damage.put(
          "clock",
          "verified-time: damaged or missing: whether the clock was set back is not known");
    }
    return new StartupDiagnostics(damage, changes, notStarted);
  }
}
