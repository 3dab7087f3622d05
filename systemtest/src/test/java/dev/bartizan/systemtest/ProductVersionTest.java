// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.protocol.cli.ProductVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What commands call themselves is what was built. */
class ProductVersionTest {
  @Test
  void theVersionIsThatOfTheBuild() throws Exception {
    Path top = Path.of(System.getProperty("basedir", "systemtest")).resolve("..").normalize();
    String pom = Files.readString(top.resolve("pom.xml"));
    assertTrue(
        pom.contains("<version>" + ProductVersion.TEXT + "</version>\n  <packaging>pom"),
        ProductVersion.TEXT);
  }
}
