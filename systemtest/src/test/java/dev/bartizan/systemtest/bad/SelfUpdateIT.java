// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.systemtest.lab.Program.Outcome;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The agent takes its own place: by a version that is good, and back from some that are not. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SelfUpdateIT extends SelfUpdating {
  private static final String GOOD = "0.2.0";

  @Test
  @Order(1)
  void aGoodVersionTakesOver() throws Exception {
    assertEquals(ProductVersion.TEXT, running());

    Outcome end = update(tree(GOOD), GOOD);

    assertEquals(0, end.exit(), end.out() + end.err());
    assertEquals(GOOD, running());
    awaitServing("1.0.0");
  }

  @ParameterizedTest
  @EnumSource(
      value = BadAgent.class,
      names = {"EXITS", "CORRUPTS_THE_STATE"})
  @Order(2)
  void aBadOneIsLeftByItself(BadAgent bad) throws Exception {
    tryBad(bad);
  }
}
