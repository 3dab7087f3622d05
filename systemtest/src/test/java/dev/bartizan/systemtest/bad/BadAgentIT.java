// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way in which a new version of the agent can be bad, one after the other. */
class BadAgentIT extends SelfUpdating {
  @ParameterizedTest
  @EnumSource
  void isLeftByItself(BadAgent bad) throws Exception {
    tryBad(bad);
  }
}
