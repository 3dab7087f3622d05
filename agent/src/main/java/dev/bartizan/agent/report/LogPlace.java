// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.evidence.AgentLog;
import java.io.IOException;
import java.util.Optional;

/** Where the agent's log is kept from one start to the next, and no longer than until a boot. */
public interface LogPlace {
  /** What was kept, byte by byte. */
  Optional<byte[]> read() throws IOException;

  /** Keeps this instead; when it returns, whoever looks later finds it. */
  void write(byte[] log) throws IOException;

  /** The kept log, for whoever only looks; one that cannot be read tells nothing. */
  default Optional<AgentLog> look() throws IOException {
    Optional<byte[]> kept = read();
    try {
      return kept.isEmpty() ? Optional.empty() : Optional.of(AgentLog.read(kept.get()));
    } catch (Malformed damaged) {
      return Optional.empty();
    }
  }
}
