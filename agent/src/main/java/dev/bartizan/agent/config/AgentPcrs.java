// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import dev.bartizan.protocol.evidence.AgentLog;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which PCRs the agent may measure into: {@code agent_pcr}, a number or a list of them. */
final class AgentPcrs {
  private static final String KEY = "agent_pcr";
  private static final int DEBUG = 16;
  private static final int APPLICATION = 23;

  private AgentPcrs() {}

  /**
   * @throws ConfigRefusal also when the unwrap key is to be bound to all of them: measuring would
   *     close it
   */
  static List<Integer> read(ConfigTable table, KeystoreBackend backend) throws ConfigRefusal {
    List<Integer> wanted = table.numbers(KEY, AgentLog.CANDIDATES);
    for (int pcr : wanted) {
      if (pcr == DEBUG || pcr == APPLICATION) {
        throw table.refusal(
            KEY, "has PCR " + pcr + ", which anybody with the TPM may reset: take 13, 15, 12 or 8");
      }
      if (!AgentLog.isSuitable(pcr)) {
        throw table.refusal(
            KEY, "has PCR " + pcr + ", which is not the agent's: take 8 to 15, not 10");
      }
    }
    Set<Integer> free = new TreeSet<>(wanted);
    if (backend instanceof KeystoreBackend.Tpm2 tpm) {
      tpm.binding()
          .pcrs()
          .ifPresent(bound -> bound.banks().forEach(bank -> free.removeAll(bank.pcrs())));
    }
    if (free.isEmpty()) {
      throw table.refusal(KEY, "has no PCR that keystore.bound_pcrs leaves to the agent");
    }
    return wanted;
  }
}
