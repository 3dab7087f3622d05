// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.attest;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import java.io.IOException;
import java.util.Optional;

/** The logs that each device has shown, by their digest. */
public interface LogStore {
  /** A log of this device; what is kept under another digest than it has is not there. */
  Optional<Bytes> find(Ueid device, Digest digest) throws IOException, Refusal;

  /** Keeps a log durably; of each device only so many, the oldest go first. */
  void keep(Ueid device, Bytes log) throws IOException, Refusal;
}
