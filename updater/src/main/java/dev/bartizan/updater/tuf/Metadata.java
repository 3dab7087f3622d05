// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import java.time.Instant;

/** A metadata file whose signatures were found sufficient: the only kind there is a value of. */
public sealed interface Metadata permits Root, Timestamp, Snapshot, Targets {
  /** The file as it was received, to the byte. */
  Bytes raw();

  /** From 1; only ever grows. */
  long version();

  /** From this moment on nobody vouches for it any more. */
  Instant expires();
}
