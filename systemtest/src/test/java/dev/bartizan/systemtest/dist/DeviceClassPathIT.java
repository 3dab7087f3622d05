// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the daemon loads on a device: a guest brings no servers, brokers and databases. */
final class DeviceClassPathIT {
  private static final String OPERATORS_OWN =
      ".*(hono|kafka|vertx|jdbc|h2|postgres|bartizan-fleet|bartizan-author).*";

  @Test
  void holdsNothingThatIsForTheOperatorsSide() throws Exception {
    List<String> jars = Files.readAllLines(Shell.DIST.resolve("lib/device.list"));
    assertTrue(jars.stream().anyMatch(jar -> jar.startsWith("bartizan-agent-")), jars.toString());
    assertEquals(List.of(), jars.stream().filter(jar -> jar.matches(OPERATORS_OWN)).toList());
  }
}
