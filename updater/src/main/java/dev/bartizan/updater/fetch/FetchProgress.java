// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.time.Duration;

/** Hears how a download goes. Called on the downloading thread; must not block. */
public interface FetchProgress {
  FetchProgress NONE = new FetchProgress() {};

  /** {@code have} of {@code total} bytes are there. */
  default void received(long have, long total) {}

  /** A server's file cannot be the signed one, or does not come; another server is asked. */
  default void refused(String server, Refusal reason) {}

  /** An attempt failed; the next one follows after {@code pause}. */
  default void interrupted(IOException reason, Duration pause) {}
}
