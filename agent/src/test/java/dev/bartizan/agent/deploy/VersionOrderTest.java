// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.protocol.release.ReleaseName;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionOrderTest {
  /** The example of Semantic Versioning, section 11.4, and what people write besides. */
  @Test
  void versionsStandInTheOrderOfTheSpecification() {
    List<String> ascending =
        List.of(
            "0.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0.1",
            "1.2.0",
            "1.10.0",
            "2026.11.23");
    VersionOrder order = new VersionOrder();
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        int found = order.compare(name(ascending.get(i)), name(ascending.get(j)));
        assertEquals(
            Integer.signum(Integer.compare(i, j)),
            Integer.signum(found),
            ascending.get(i) + " and " + ascending.get(j));
      }
    }
  }

  @Test
  void buildMetadataDoesNotCount() {
    assertEquals(0, new VersionOrder().compare(name("1.0.0+a"), name("1.0.0+b")));
  }

  private static ReleaseName name(String version) {
    return new ReleaseName("defect", version);
  }
}
