// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.attest;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;

/** Who gives content keys against evidence. */
@FunctionalInterface
public interface KeyServer {
  /**
   * The key of {@code release}, wrapped to this device.
   *
   * @throws Refusal when it is not given
   * @throws IOException when nobody can be asked now
   */
  Bytes keyOf(Digest release) throws IOException, Refusal;
}
