// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static dev.bartizan.protocol.result.TrustClaim.CONFIGURATION;

import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.MachineSettings;
import dev.bartizan.protocol.result.TrustTier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the agent has seen of its machine's settings, against what the author demands of them. All
 * that was measured since the boot counts: what was swapped out in the clear stays so when swap is
 * turned off.
 */
final class SettingsAppraisal {
  private static final int CONTRAINDICATED = 96;
  private static final int UNPROVED = 32;

  private final Map<String, Set<String>> demanded;
  private final Findings findings;

  /**
   * @param demanded acceptable values by name; nothing is said of others
   */
  SettingsAppraisal(Map<String, Set<String>> demanded, Findings findings) {
    this.demanded = demanded;
    this.findings = findings;
  }

  void judge(AgentLog log) {
    if (demanded.isEmpty()) {
      return;
    }
    List<MachineSettings> seen = new ArrayList<>();
    for (AgentEvent event : log.events()) {
      if (event.kind() == AgentEvent.Kind.SETTINGS) {
        Optional<MachineSettings> settings = MachineSettings.of(event);
        settings.ifPresent(seen::add);
        if (settings.isEmpty()) {
          findings.bad(CONFIGURATION, UNPROVED, "SETTINGS_UNREADABLE", "expected names and values");
        }
      }
    }
    if (seen.isEmpty()) {
      findings.note(
          TrustTier.WARNING, "SETTINGS_NOT_MEASURED", "expected " + demanded + ", found none");
    }
    seen.forEach(settings -> judge(settings, log));
  }

  private void judge(MachineSettings settings, AgentLog log) {
    demanded.forEach(
        (name, accepted) -> {
          String found = settings.get(name);
          String detail =
              "setting "
                  + name
                  + ": expected "
                  + String.join(" or ", accepted)
                  + ", found "
                  + found
                  + " (the agent's log, PCR "
                  + log.pcr()
                  + ")";
          if (found.equals(MachineSettings.UNKNOWN)) {
            findings.bad(CONFIGURATION, UNPROVED, "SETTING_UNKNOWN", detail);
          } else if (!accepted.contains(found)) {
            findings.bad(CONFIGURATION, CONTRAINDICATED, "SETTING", detail);
          }
        });
  }
}
