// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.util.Optional;

/** Logs that devices have shown before, by what they are. */
@FunctionalInterface
public interface KnownLogs {
  /** The log with this SHA-256. Whoever implements it has compared. */
  Optional<Bytes> find(Digest digest) throws IOException, Refusal;
}
