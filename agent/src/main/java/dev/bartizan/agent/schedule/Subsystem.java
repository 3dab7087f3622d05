// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;

/** What every part of the daemon contributes to the whole. */
public interface Subsystem {
  /** Until a task that has nothing to do is asked again, if nobody wakes the loop before. */
  Duration IDLE = Duration.ofSeconds(10);

  /** Before the world is asked again: a state directory that refused, a server that is away. */
  Duration TROUBLE = Duration.ofSeconds(3);

  /** Says what opening it brought to light; once, by the loop's thread, before any task runs. */
  void tellFindings() throws IOException;

  /** Adds its tasks, each with its deadline, behind those that they rest on. */
  void schedule(Schedule schedule);

  /** Adds its part of {@code bartizan status --json}; from any thread, and at once. */
  void describe(ObjectNode status);

  /** A task failed, of this part or of another: what was cut off there is to be gone on with. */
  void trouble();
}
