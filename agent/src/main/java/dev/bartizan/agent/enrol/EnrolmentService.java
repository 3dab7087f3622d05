// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.enrol;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;

/** The way to an enrolment server. */
@FunctionalInterface
public interface EnrolmentService {
  /**
   * Posts one message and returns the answer.
   *
   * @throws IOException when the server cannot be reached, or cannot do it now
   * @throws Refusal when it says no
   */
  byte[] post(String path, byte[] message) throws IOException, Refusal;
}
